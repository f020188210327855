import type { PanelPicture } from "../../../server/src/lsp/protocol";
import { button, element, foldable, setText } from "../elements";
import { filled } from "../page";
import { pngFile, svgFile } from "./files";
import type { Marks } from "./marks";
import type { FromReport, ReportWords } from "./messages";

/** What the sections of pictures need of the page. */
export interface PictureContext {
  readonly words: ReportWords;
  readonly marks: Marks;
  readonly post: (message: FromReport) => void;
  /** Whether a table is open from before: that of a picture, or `figures`. */
  readonly isOpen: (id: string) => boolean;
  readonly opened: (id: string, isOpen: boolean) => void;
}

/** A section for a picture, empty until it is updated. */
export function makePicture({ id, title }: PanelPicture, context: PictureContext): HTMLElement {
  const { words, post, isOpen, opened } = context;
  const section = element("section", { class: "picture-section", "aria-labelledby": `title-${id}` });
  const canvas = element("div", { class: "canvas" });
  const picture = () => canvas.querySelector("svg");
  const save = (format: "svg" | "png") => async () => {
    const shown = picture();
    if (shown) post({ type: "save", format, name: id, data: format === "svg" ? svgFile(shown) : await pngFile(shown) });
  };
  const saveButton = (format: "svg" | "png") =>
    button(format.toUpperCase(), { "aria-label": filled(words.savePicture, title, format.toUpperCase()), title: filled(words.savePicture, title, format.toUpperCase()) }, () => void save(format)());
  const data = foldable(words.table, isOpen(id), (open) => opened(id, open), element("div", { class: "wide" }, element("table")));
  section.append(
    element("div", { class: "bar" }, element("h2", { id: `title-${id}` }), element("div", { class: "tools" }, saveButton("svg"), saveButton("png"))),
    element("p", { class: "quiet summary" }), canvas, data,
  );
  return section;
}

/** Shows a picture in its section; what of it is as before stays. */
export function updatePicture(section: HTMLElement, { title, summary, svg, table }: PanelPicture, { marks }: PictureContext): void {
  setText(section.querySelector("h2"), title);
  setText(section.querySelector(".summary"), summary);
  const canvas = section.querySelector(".canvas");
  if (canvas && drawn.get(canvas) !== svg) {
    const focused = canvas.contains(document.activeElement) ? document.activeElement?.getAttribute("data-mark") : undefined;
    const made = parsed(svg);
    canvas.replaceChildren(...(made ? [made] : []));
    drawn.set(canvas, svg);
    if (made) marks.adopt(made);
    if (focused !== undefined && focused !== null) made?.querySelector<SVGElement>(`[data-mark="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
  const shown = section.querySelector("table");
  const content = JSON.stringify(table);
  if (shown && listed.get(shown) !== content) {
    listed.set(shown, content);
    shown.replaceChildren(
      element("thead", {}, element("tr", {}, ...table.columns.map((name, index) => element("th", { scope: "col", class: numeric(table.rows, index) }, name)))),
      element("tbody", {}, ...table.rows.map((row) => element("tr", {}, ...row.map((text, index) => element("td", { class: numeric(table.rows, index) }, text))))),
    );
  }
}

const drawn = new WeakMap<Element, string>();
const listed = new WeakMap<Element, string>();

/** Figures stand below each other by their digits. */
const numeric = (rows: readonly (readonly string[])[], index: number): string | undefined =>
  (index > 0 && rows.every((row) => /^[-+<]?[\d.]|^$/.test(row[index] ?? "")) ? "number" : undefined);

/** An SVG of the server as an element of this page; `undefined` for a text that is none. */
function parsed(svg: string): SVGElement | undefined {
  const { documentElement } = new DOMParser().parseFromString(svg, "image/svg+xml");
  return documentElement.localName === "svg" ? document.importNode(documentElement as unknown as SVGElement, true) : undefined;
}
