import { element } from "../elements";

/** What a picture's marks do: the tip of the one that is pointed at or has the focus, and where a reader is taken. */
export interface Marks {
  /** A picture with its marks is in the page now. */
  readonly adopt: (picture: SVGElement) => void;
}

/** `go` is given the place of a mark, `URI#LINE:CHARACTER`. */
export function createMarks(go: (place: string) => void): Marks {
  const tip = element("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  document.body.append(tip);
  let shown: Element | undefined;

  const hide = () => {
    shown = undefined;
    tip.hidden = true;
  };
  /** Beside the mark; `x`: where on it a pointer is. */
  const show = (mark: Element, x?: number) => {
    const text = mark.getAttribute("data-tip");
    if (text === null) return;
    if (shown !== mark) {
      const [first = "", ...rest] = text.split("\n");
      tip.replaceChildren(element("strong", {}, first), ...rest.map((line) => element("span", {}, line)));
    }
    shown = mark;
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const middle = x ?? at.left + at.width / 2;
    const left = Math.max(margin, Math.min(document.documentElement.clientWidth - width - margin, middle - width / 2));
    const above = at.top - height - gap;
    const below = at.bottom + gap;
    // Beside a mark that fills the window there is no room above or below.
    const top = above >= margin ? above : below + height <= window.innerHeight - margin ? below : Math.max(margin, window.innerHeight - height - margin);
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
  };

  /** Reached by the keyboard: a click leaves the focus on a mark, too, whose tip goes with the pointer. */
  const isFocused = () => shown?.matches(":focus-visible") ?? false;
  const markAt = (target: EventTarget | null): Element | undefined => (target instanceof Element ? (target.closest(".mark") ?? undefined) : undefined);
  const enter = (mark: Element | undefined) => {
    const place = mark?.getAttribute("data-place");
    if (place) go(place);
  };

  document.addEventListener("pointermove", ({ target, clientX }) => {
    const mark = markAt(target);
    if (mark) show(mark, clientX);
    // A reader may move onto the tip, to read or to select it.
    else if (!(target instanceof Node && tip.contains(target)) && !isFocused()) hide();
  });
  document.addEventListener("pointerleave", hide);
  document.addEventListener("click", ({ target }) => enter(markAt(target)));
  document.addEventListener("focusin", ({ target }) => {
    const mark = markAt(target);
    if (!mark) return hide();
    single(mark);
    show(mark);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("scroll", () => (shown !== undefined && isFocused() ? show(shown) : hide()), { capture: true, passive: true });
  document.addEventListener("keydown", (event) => {
    const mark = markAt(event.target);
    if (event.key === "Escape") {
      // First the tip, then the picture.
      if (!tip.hidden) hide();
      else if (mark instanceof SVGElement) mark.blur();
      return;
    }
    if (!mark || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") enter(mark);
    else {
      const next = neighbour(mark, event.key);
      if (next === undefined) return;
      next.focus();
    }
    event.preventDefault();
  });

  return {
    adopt: (picture) => {
      const marks = [...picture.querySelectorAll<SVGElement>(".mark")];
      for (const mark of marks) {
        mark.setAttribute("tabindex", "-1");
        if (mark.hasAttribute("data-place")) mark.setAttribute("role", "link");
      }
      marks[0]?.setAttribute("tabindex", "0");
      if (shown && !shown.isConnected) hide();
    },
  };
}

/** Pixels between the tip and its mark, and between the tip and the edge of the window. */
const gap = 6;
const margin = 8;

/** The Tab key reaches one mark of a picture: the one that was used last. */
function single(mark: Element): void {
  const picture = mark.closest("svg");
  for (const other of picture?.querySelectorAll('.mark[tabindex="0"]') ?? []) other.setAttribute("tabindex", "-1");
  mark.setAttribute("tabindex", "0");
}

/** The mark that a key leads to: the nearest one in the direction of an arrow, the first, the last; `undefined` for other keys. */
function neighbour(mark: Element, key: string): SVGElement | undefined {
  const marks = [...(mark.closest("svg")?.querySelectorAll<SVGElement>(".mark") ?? [])];
  switch (key) {
    case "Home": return marks[0];
    case "End": return marks.at(-1);
    case "ArrowRight": return nearest(mark, marks, (dx) => dx) ?? marks[marks.findIndex((other) => other === mark) + 1];
    case "ArrowLeft": return nearest(mark, marks, (dx) => -dx) ?? marks[marks.findIndex((other) => other === mark) - 1];
    case "ArrowDown": return nearest(mark, marks, (_, dy) => dy) ?? marks[marks.findIndex((other) => other === mark) + 1];
    case "ArrowUp": return nearest(mark, marks, (_, dy) => -dy) ?? marks[marks.findIndex((other) => other === mark) - 1];
    default: return undefined;
  }
}

/** The mark that lies ahead and least aside; `ahead` is positive for what lies in the direction. */
function nearest(from: Element, marks: readonly SVGElement[], ahead: (dx: number, dy: number) => number): SVGElement | undefined {
  const [x, y] = middleOf(from);
  let found: SVGElement | undefined;
  let least = Infinity;
  for (const mark of marks) {
    if (mark === from) continue;
    const [otherX, otherY] = middleOf(mark);
    const [dx, dy] = [otherX - x, otherY - y];
    const along = ahead(dx, dy);
    const aside = Math.abs(dx) + Math.abs(dy) - along;
    const distance = along + 3 * aside;
    if (along > 0.5 && aside <= 2 * along && distance < least) [found, least] = [mark, distance];
  }
  return found;
}

function middleOf(mark: Element): readonly [x: number, y: number] {
  const { left, top, width, height } = mark.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}
