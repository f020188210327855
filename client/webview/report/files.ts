import { colourProperties, pictureStyles } from "../../../server/src/drawing/colours";

/** A picture as a file of its own, in the colours of the theme in which it is seen; its tips are titles, which every browser shows. */
export function svgFile(picture: SVGElement): string {
  const copy = picture.cloneNode(true) as SVGElement;
  for (const mark of copy.querySelectorAll(".mark")) {
    const title = document.createElementNS(copy.namespaceURI, "title");
    title.textContent = mark.getAttribute("data-tip");
    mark.prepend(title);
    // Where the design lies on this machine is nobody else's business.
    for (const name of ["data-tip", "data-place", "tabindex"]) mark.removeAttribute(name);
    mark.setAttribute("role", "img");
  }
  const shown = getComputedStyle(picture);
  const colours = colourProperties.map((name) => `${name}: ${shown.getPropertyValue(name)};`).join(" ");
  const style = document.createElementNS(copy.namespaceURI, "style");
  style.textContent = `svg { ${colours} background: var(--dsco-surface); font-family: ${shown.fontFamily}; }${pictureStyles}`;
  copy.prepend(style);
  return new XMLSerializer().serializeToString(copy);
}

/** Pixels of the file for one of the page: sharp on paper and on fine screens. */
const scale = 2;

/** The same as a PNG, in base 64. Rejects where the browser cannot draw it. */
export async function pngFile(picture: SVGElement): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgFile(picture))}`;
  await image.decode();
  const { width, height } = (picture as SVGSVGElement).viewBox.baseVal;
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png").replace(/^[^,]*,/, "");
}
