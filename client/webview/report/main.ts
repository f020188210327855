import "./report.css";
import { pictureStyles } from "../../../server/src/drawing/colours";
import { byId } from "../elements";
import { connect, wordsOf } from "../page";
import { createMarks } from "./marks";
import type { FromReport, ReportState, ReportWords, ToReport } from "./messages";
import { createView } from "./view";

const words = wordsOf<ReportWords>();
const root = byId("root");

// What every picture shares; a style sheet of the script's own, which the policy of the page allows.
const styles = new CSSStyleSheet();
styles.replaceSync(pictureStyles);
document.adoptedStyleSheets = [styles];

let isShown = false;

const page = connect<ToReport, FromReport, ReportState>((message) => {
  switch (message.type) {
    case "nothing": return view.showNothing();
    case "broken": return view.showBroken(message.reason);
    case "report": {
      const { report, pinned } = message;
      view.show(report, pinned);
      keep({ target: { uri: report.uri, declaration: report.declaration }, pinned });
      if (!isShown) window.scrollTo(0, before.scroll);
      isShown = true;
    }
  }
});

/** What the page kept before it was hidden or reloaded. */
const before: ReportState = { ...{ pinned: false, scroll: 0, open: [] }, ...page.state() };
const open = new Set(before.open);

const keep = (changed: Partial<ReportState>): void => page.keep({ ...before, ...page.state(), ...changed });

const view = createView(root, {
  words, post: page.post, isOpen: (id) => open.has(id),
  opened: (id, isOpen) => {
    if (isOpen) open.add(id);
    else open.delete(id);
    keep({ open: [...open] });
  },
  marks: createMarks((place) => {
    const [, uri = "", line, character] = /^(.*)#(\d+):(\d+)$/.exec(place) ?? [];
    page.post({ type: "go", to: { uri, place: { line: Number(line), character: Number(character) } } });
  }),
});

/** Scrolling and resizing come to rest before anybody is told. */
function atRest(milliseconds: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}

window.addEventListener("scroll", atRest(150, () => isShown && keep({ scroll: Math.round(window.scrollY) })), { passive: true });

/** Pictures are drawn anew when they have so many pixels more or less. */
const step = 20;
let width = 0;
function tellSize(): void {
  const room = Math.floor((root.clientWidth - 2 * Number.parseFloat(getComputedStyle(root).paddingLeft)) / step) * step;
  if (room === width || room <= 0) return;
  width = room;
  page.post({ type: "size", width });
}
tellSize();
new ResizeObserver(atRest(120, tellSize)).observe(root);
