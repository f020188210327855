/** What is wrong with the pictures of a page, a line each. Runs in the page. */
export function troublesOf() {
  const found = [];
  const pictures = [...document.querySelectorAll("svg.picture")];
  if (pictures.length === 0) found.push("there is no picture");
  for (const picture of pictures) {
    const name = picture.closest("[data-picture]")?.getAttribute("data-picture") ?? picture.getAttribute("aria-label") ?? "";
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].map((text) => ({ words: text.textContent ?? "", box: text.getBoundingClientRect() }));
    for (const { words, box } of texts) {
      const isInside = box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
      if (!isInside) found.push(`${name}: "${words}" leaves the picture`);
    }
    const sorted = texts.toSorted((one, other) => one.box.top - other.box.top);
    sorted.forEach(({ words, box }, index) => {
      for (const other of sorted.slice(index + 1)) {
        if (other.box.top >= box.bottom - 3) break;
        if (box.left < other.box.right - 1 && other.box.left < box.right - 1) found.push(`${name}: "${words}" and "${other.words}" overlap`);
      }
    });
    for (const shape of picture.querySelectorAll("rect, circle, path, line")) {
      if (shape.closest("defs")) continue;
      const box = shape.getBoundingClientRect();
      if (box.left < frame.left - 3 || box.right > frame.right + 3 || box.top < frame.top - 3 || box.bottom > frame.bottom + 3) found.push(`${name}: a ${shape.tagName} of class ${shape.getAttribute("class")} leaves the picture`);
    }
    for (const mark of picture.querySelectorAll(".mark")) {
      const label = mark.getAttribute("aria-label") ?? "";
      const says = `${label} ${mark.getAttribute("data-tip") ?? mark.querySelector("title")?.textContent ?? ""}`;
      if (label.trim() === "" || /NaN|Infinity|undefined/.test(says)) found.push(`${name}: a mark says "${says.trim()}"`);
    }
  }
  return found;
}
