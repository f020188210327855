import type { PanelCheck, PanelFigure, PanelPart, PanelPicture, PanelPlace, ShortReport } from "../../../server/src/lsp/protocol";
import { button, element, foldable, setText } from "../elements";
import { showAll } from "../keyed";
import { filled } from "../page";
import { makePicture, updatePicture, type PictureContext } from "./pictures";

export interface View {
  readonly show: (report: ShortReport, pinned: boolean) => void;
  readonly showBroken: (reason: string) => void;
  readonly showNothing: () => void;
}

/** Figures that stand as tiles; all of them stand in the table below. */
const mostTiles = 8;

/** The page below `root`: made once, then brought up to date piece by piece. */
export function createView(root: HTMLElement, context: PictureContext): View {
  const { words, post } = context;
  let report: ShortReport | undefined;
  let drawn: readonly PanelPicture[] = [];
  const go = (to: PanelPlace) => post({ type: "go", to: { uri: to.uri, place: to.place } });
  const explain = (metric: string) => {
    if (report) post({ type: "explain", figure: { uri: report.uri, declaration: report.declaration, metric } });
  };

  const nothing = element("p", { class: "nothing" }, words.nothing);
  const kind = element("span", { class: "kind" });
  const name = button("", { class: "link" }, () => report && go(report));
  const pin = button(words.pin, { "aria-pressed": "false", title: words.pinned }, () => {
    const pinned = pin.getAttribute("aria-pressed") !== "true";
    pin.setAttribute("aria-pressed", String(pinned));
    post({ type: "pin", pinned });
  });
  const save = button(words.saveReport, {}, () => post({ type: "save", format: "html" }));
  const broken = element("p", { class: "broken", role: "status" });
  const headline = element("p", { class: "headline" });
  const summary = element("p", { class: "quiet" });
  const parts = element("ul", { class: "parts" });
  const tiles = element("ul", { class: "tiles" });
  const rows = element("tbody");
  const allFigures = foldable(words.allFigures, context.isOpen("figures"), (open) => context.opened("figures", open), element("div", { class: "wide" }, element("table", {}, rows)));
  const checks = element("ul", { class: "checks", "aria-label": words.checks });
  const pictures = element("div", { class: "pictures" });
  const missing = element("ul", { class: "missing quiet" });
  const page = element("main", { hidden: true },
    element("header", {}, element("h1", {}, kind, " ", name), element("div", { class: "tools" }, pin, save)),
    broken, headline, summary, parts,
    element("section", { "aria-label": words.figures }, tiles, allFigures),
    checks, pictures, missing,
  );
  root.replaceChildren(nothing, page);
  broken.hidden = true;

  return {
    showNothing: () => {
      nothing.hidden = false;
      page.hidden = true;
    },
    showBroken: (reason) => {
      broken.textContent = filled(words.broken, reason);
      broken.hidden = false;
      page.classList.add("stale");
    },
    show: (shown, pinned) => {
      report = shown;
      nothing.hidden = true;
      page.hidden = false;
      broken.hidden = true;
      page.classList.remove("stale");
      pin.setAttribute("aria-pressed", String(pinned));
      setText(kind, shown.kind);
      setText(name, shown.declaration);
      name.title = filled(words.go, shown.declaration);
      showHeadline(headline, shown);
      setText(summary, shown.summary);
      summary.hidden = shown.summary === "";
      parts.hidden = shown.parts.length === 0;
      showAll(parts, shown.parts, ({ key }) => key, () => element("li"), (item, part) => showPart(item, part, filled(words.go, part.declaration), () => go(part)));
      const main = shown.figures.filter(({ isPart }) => !isPart).slice(0, mostTiles);
      showAll(tiles, main, ({ metric }) => metric, ({ metric }) => element("li", {}, makeTile(metric, explain)), (item, figure) => showTile(item, figure, context));
      showAll(rows, shown.figures, ({ metric }) => metric, ({ metric }) => makeRow(metric, explain), (row, figure) => showRow(row, figure, context));
      checks.hidden = shown.checks.length === 0;
      showAll(checks, shown.checks.map((check, index) => ({ ...check, index })), ({ index }) => String(index), () => element("li"), (item, check) => showCheck(item, check, context, () => go(check)));
      drawn = shown.pictures.flatMap((picture) => ("svg" in picture ? picture : drawn.find(({ hash }) => hash === picture.hash)) ?? []);
      showAll(pictures, drawn, ({ id }) => id, (picture) => makePicture(picture, context), (section, picture) => updatePicture(section, picture, context));
      showAll(missing, shown.missing, ({ title }) => title, () => element("li"), (item, { title, reason }) => setText(item, filled(words.missing, title, reason)));
    },
  };
}

/** Whether it fits is also said in words. */
function showHeadline(shown: HTMLElement, { headline, fits }: ShortReport): void {
  const text = headline.charAt(0).toUpperCase() + headline.slice(1);
  shown.className = `headline${fits === undefined ? "" : fits ? " good" : " bad"}`;
  setText(shown, text);
}

function showPart(item: HTMLElement, { key, declaration }: PanelPart, title: string, press: () => void): void {
  item.replaceChildren(element("span", { class: "quiet" }, `${key} `), button(declaration, { class: "link", title }, press));
}

const makeTile = (metric: string, explain: (metric: string) => void): HTMLElement => {
  const tile = button("", { class: "tile" }, () => explain(metric));
  tile.replaceChildren(element("span", { class: "name" }), element("span", { class: "value" }), element("span", { class: "ideal quiet" }));
  return tile;
};

function showTile(item: HTMLElement, { title, value, ideal }: PanelFigure, { words }: PictureContext): void {
  item.querySelector("button")?.setAttribute("title", filled(words.explain, title));
  setText(item.querySelector(".name"), title);
  // The figure stands out, what it is measured against does not: `72.23 GB` of `84.94 GB`, `compute` (79.38 % of the step).
  const [, figure = value, rest = ""] = /^(.*?)(?: (of .*)| \((.*)\))?$/.exec(value)?.filter((part) => part !== undefined) ?? [];
  setText(item.querySelector(".value"), figure);
  setText(item.querySelector(".ideal"), ideal === "" ? rest : `${words.ideal} ${ideal}`);
}

const makeRow = (metric: string, explain: (metric: string) => void): HTMLTableRowElement => element("tr", {},
  element("th", { scope: "row" }, button("", { class: "link" }, () => explain(metric))), element("td", { class: "number" }), element("td", { class: "quiet" }));

function showRow(row: HTMLTableRowElement, { title, value, ideal, isPart }: PanelFigure, { words }: PictureContext): void {
  row.classList.toggle("part", isPart);
  setText(row.querySelector("button"), title);
  row.querySelector("button")?.setAttribute("title", filled(words.explain, title));
  setText(row.children[1] ?? null, value);
  setText(row.children[2] ?? null, ideal === "" ? "" : `${words.ideal} ${ideal}`);
}

function showCheck(item: HTMLElement, { text, computed, holds, source }: PanelCheck, { words }: PictureContext, press: () => void): void {
  const [badge, word] = holds === undefined ? ["badge", words.measured] : holds ? ["badge good", words.holds] : ["badge bad", words.fails];
  item.replaceChildren(
    element("span", { class: badge }, word), " ",
    element("span", {}, button("", { class: "link", title: filled(words.go, text) }, press), ` ${computed}`, element("span", { class: "quiet" }, source === "" ? "" : ` ${source}`)),
  );
  item.querySelector("button")?.replaceChildren(element("code", {}, text));
}
