// Whether what stands on a page keeps apart, as a reader sees it.
import type { Page } from "playwright-core";

export interface Places {
  /** Selectors of things no two of which may stand on one another, by what they are called; each list within every element of `within`, where that is said. */
  readonly apart: readonly { readonly called: string; readonly selector: string; readonly within?: string; readonly leftOut?: string }[];
  /** A selector of things whose text must fit into them. */
  readonly whole: string;
}

/** What overlaps by more than a hair, and what is cut off, each in words. */
export const overlaps = (page: Page, places: Places): Promise<readonly string[]> => page.evaluate(`((places) => {
  const found = [];
  const check = (all, what) => {
    const boxes = all.map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 0 && box.height > 0);
    for (let i = 0; i < boxes.length; i += 1) for (let j = i + 1; j < boxes.length; j += 1) {
      const [a, b] = [boxes[i][1], boxes[j][1]];
      const [x, y] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
      if (x > 1 && y > 3) found.push(what + ": " + boxes[i][0].textContent + " | " + boxes[j][0].textContent);
    }
  };
  for (const { called, selector, within, leftOut } of places.apart) {
    for (const around of within === undefined ? [document] : document.querySelectorAll(within)) {
      check([...around.querySelectorAll(selector)].filter((one) => leftOut === undefined || !one.matches(leftOut)), called);
    }
  }
  for (const one of document.querySelectorAll(places.whole)) if (one.scrollWidth > one.clientWidth + 1) found.push("cut off: " + one.textContent);
  return found;
})(${JSON.stringify(places)})`);
