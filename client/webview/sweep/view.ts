/** The page of a sweep: where its run stands, the designs that it finds as points and as rows, why others are left out. */
import type { DeclarationName, SweepProgress, SweepReason, SweepSpace } from "../../../server/src/lsp/protocol";
import { button, element, setText } from "../elements";
import { filled } from "../page";
import { grouped } from "./figures";
import type { FromSweep, SweepView, SweepWords } from "./messages";
import { createPlot } from "./plot";
import { createResults, orderOf, tsvOf, type Results } from "./results";
import { createTable } from "./table";

/** What the page keeps. */
export interface Shown {
  readonly target: DeclarationName;
  readonly isWanted: boolean;
  readonly view: SweepView;
}

export interface SweepPage {
  readonly showNone: (sweep: string, reason: string | undefined) => void;
  readonly begin: (space: SweepSpace) => void;
  readonly add: (progress: SweepProgress) => void;
  readonly setAge: (isOutdated: boolean) => void;
}

const usual: SweepView = { sort: undefined, isDescending: false, filters: {}, onlyFront: false, x: undefined, y: undefined, logX: false, logY: false, selected: undefined };

/** Milliseconds in which what has come is drawn once; of what takes longer to draw, as many times as long as it takes: who reads comes first. */
const betweenDrawings = 90;
const restAfterDrawing = 3;

export function createView(root: HTMLElement, words: SweepWords, post: (message: FromSweep) => void, keep: (shown: Shown) => void, kept: SweepView | undefined): SweepPage {
  let view: SweepView = { ...usual, ...kept };
  let results: Results | undefined;
  let progress: SweepProgress | undefined;
  let order: Uint32Array = new Uint32Array();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = betweenDrawings;

  const title = element("h1", {});
  const subject = element("button", { type: "button", class: "link quiet" });
  subject.addEventListener("click", () => post({ type: "go" }));
  const run = button(words.again, { class: "run" }, () => post({ type: "run" }));
  const cancel = button(words.cancel, { class: "cancel" }, () => post({ type: "cancel" }));
  const bar = element("progress", { "aria-label": words.running });
  const status = element("p", { class: "status", role: "status" });
  const age = element("p", { class: "note", role: "alert", hidden: true }, words.outdated);
  const failure = element("p", { class: "note bad", role: "alert", hidden: true });
  const advice = element("ul", { class: "advice", hidden: true });
  const selection = element("section", { class: "selection", "aria-label": words.design, "aria-live": "polite" });
  const counts = element("span", { class: "quiet counts" });
  const onlyFront = button(words.onlyFront, { "aria-pressed": "false" }, () => change({ onlyFront: !view.onlyFront }));
  const copy = button(words.copy, {}, () => results && post({ type: "copy", text: tsvOf(results, order) }));
  const reasons = element("section", { class: "reasons", "aria-label": words.leftOut });

  const select = (design: number): void => {
    change({ selected: design });
    table.reveal(design);
  };
  const plot = createPlot({ words, changed: (part) => change(part), select });
  const table = createTable({ words, changed: (part) => change(part), select });
  const main = element(
    "main", {},
    element("header", {}, element("div", { class: "heading" }, title, subject), element("div", { class: "tools" }, cancel, run)),
    element("div", { class: "where" }, bar, status), age, failure, advice,
    element("div", { class: "found" },
      element("div", { class: "left" }, plot.node, selection),
      element("section", { class: "rows", "aria-label": words.designs }, element("div", { class: "row-tools" }, counts, onlyFront, copy), table.node),
      reasons),
  );

  /** Filters and order depend on all rows; a choice of a row or of a scale does not. */
  const redraw = (isOrderNew: boolean): void => {
    if (!results) return;
    if (isOrderNew) order = orderOf(results, view);
    plot.show(results, order, view);
    table.show(results, order, view);
    showSelection();
    onlyFront.setAttribute("aria-pressed", String(view.onlyFront));
    setText(counts, order.length === results.count() ? filled(words.feasible, grouped(results.count())) : filled(words.shown, grouped(order.length), grouped(results.count())));
    copy.disabled = order.length === 0;
  };

  const change = (part: Partial<SweepView>): void => {
    const before = view;
    view = { ...view, ...part };
    keepView();
    redraw(before.sort !== view.sort || before.isDescending !== view.isDescending || before.filters !== view.filters || before.onlyFront !== view.onlyFront);
  };

  const keepView = (): void => {
    if (results) keep({ target: { uri: results.space.uri, declaration: results.space.sweep }, isWanted: progress?.state !== "cancelled", view });
  };

  const showSelection = (): void => {
    const row = view.selected === undefined ? undefined : results?.rowOf(view.selected);
    if (!results || row === undefined || view.selected === undefined) {
      selection.replaceChildren(element("p", { class: "quiet" }, words.selectHint));
      return;
    }
    const design = view.selected;
    if (selection.dataset["design"] === String(design) && selection.querySelector("dl")) return;
    selection.dataset["design"] = String(design);
    const { columns } = results;
    selection.replaceChildren(
      element("div", { class: "row-tools" },
        element("h2", {}, `${words.design} ${grouped(design)}`, results.isOnFront(row) ? element("span", { class: "badge" }, words.frontMark) : undefined),
        button(words.apply, { class: "primary" }, () => post({ type: "apply", design })),
        button(words.compare, {}, () => post({ type: "compare", design })),
        button(words.options, {}, () => post({ type: "options", design }))),
      element("dl", {}, ...columns.slice(1).map((column) => {
        const unit = column.sense === undefined ? "" : column.unit().name;
        return element("div", {}, element("dt", { title: column.id }, column.title), element("dd", {}, `${column.text(row)}${unit === "" ? "" : ` ${unit}`}`));
      })),
    );
  };

  const showStatus = (): void => {
    if (!results || !progress) return;
    const { state, tried, feasible } = progress;
    const { size, searched } = results.space;
    const all = searched ?? size;
    const isRunning = state === "running";
    bar.max = all;
    bar.value = tried;
    bar.hidden = !isRunning;
    cancel.hidden = !isRunning;
    run.hidden = isRunning;
    const parts = [filled(words.tried, grouped(tried), grouped(all)), filled(words.feasible, grouped(feasible)), ...(feasible === 0 ? [] : [filled(words.onFront, grouped(results.front().length))])];
    setText(status, `${parts.join(" · ")}${isRunning ? "" : ` · ${state === "done" && searched !== undefined ? filled(words.searched, grouped(size)) : words[state]}`}`);
    failure.hidden = progress.failure === undefined;
    setText(failure, filled(words.refused, results.space.sweep, progress.failure ?? ""));
    advice.hidden = (progress.advice ?? []).length === 0;
    advice.replaceChildren(...(progress.advice ?? []).map((line) => element("li", {}, ...codeIn(line))));
    showReasons(progress.reasons, tried);
    main.classList.toggle("empty", feasible === 0);
  };

  const showReasons = (all: readonly SweepReason[], tried: number): void => {
    const left = all.reduce((sum, { count }) => sum + count, 0);
    reasons.hidden = left === 0;
    if (left === 0) return;
    reasons.replaceChildren(
      element("h2", {}, filled(words.leftOut, grouped(left), percent(left, tried))),
      element("table", {},
        element("thead", {}, element("tr", {}, element("th", { class: "number" }, words.designs), element("th", { class: "number" }, words.share), element("td", {}), element("th", {}, words.reason))),
        element("tbody", {}, ...all.map((reason) => element("tr", {},
          element("td", { class: "number" }, grouped(reason.count)), element("td", { class: "number" }, percent(reason.count, left)),
          element("td", { class: "share" }, meter(reason.count, left)), element("td", {}, ...reasonText(reason, words)))))),
    );
  };

  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const from = performance.now();
      redraw(true);
      showStatus();
      pause = Math.max(betweenDrawings, restAfterDrawing * (performance.now() - from));
    }, pause);
  };

  return {
    showNone: (sweep, reason) => {
      clearTimeout(timer);
      timer = undefined;
      results = undefined;
      root.replaceChildren(element("main", { class: "none" }, element("p", { class: "nothing" }, ...(reason === undefined ? [words.nothing] : codeIn(filled(words.refused, sweep, reason)))),
        reason === undefined && sweep === "" ? undefined : button(words.run, { class: "primary" }, () => post({ type: "run" }))));
    },
    begin: (space) => {
      results = createResults(space);
      progress = undefined;
      order = new Uint32Array();
      const ids = new Set(results.columns.map(({ id }) => id));
      const [first] = space.objectives;
      view = {
        ...view, filters: Object.fromEntries(Object.entries(view.filters).filter(([id]) => ids.has(id))),
        ...(view.sort !== undefined && ids.has(view.sort) ? {} : { sort: first?.id, isDescending: first?.sense === "maximize" }),
      };
      title.replaceChildren(element("span", { class: "kind" }, "sweep "), space.sweep);
      subject.textContent = filled(words.go, space.plan);
      age.hidden = true;
      delete selection.dataset["design"];
      plot.begin(results);
      table.begin(results, view);
      root.replaceChildren(main);
      progress = { run: "", state: "running", tried: 0, feasible: 0, designs: [], values: [], reasons: [] };
      redraw(true);
      showStatus();
      keepView();
    },
    add: (next) => {
      if (!results) return;
      results.add(next.designs, next.values);
      if (next.front) results.setFront(next.front);
      const isOver = progress?.state !== next.state;
      progress = next;
      if (isOver) keepView();
      if (next.state === "running") return soon();
      clearTimeout(timer);
      timer = undefined;
      redraw(true);
      showStatus();
      if (view.selected !== undefined) table.reveal(view.selected);
    },
    setAge: (isOutdated) => {
      age.hidden = !isOutdated;
    },
  };
}

/** A share in per cent; below one in a hundred with a digit more, so that it is not none. */
function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share >= 10 || share === 0 ? Math.round(share) : share.toPrecision(2)} %`;
}

function meter(part: number, whole: number): HTMLElement {
  const fill = element("span", {});
  fill.style.setProperty("width", `${(100 * part) / whole}%`);
  return element("span", { class: "meter", "aria-hidden": "true" }, fill);
}

function reasonText({ kind, text }: SweepReason, words: SweepWords): readonly (Node | string)[] {
  switch (kind) {
    case "memory": return [filled(words.memory, text.replace(/^does not fit: /, ""))];
    case "where": return [`${words.where} `, element("code", {}, text)];
    case "require": return [`${words.require} `, element("code", {}, text)];
    case "layout": case "unknown": return codeIn(text);
  }
}

/** A text in which code stands between backquotes. */
const codeIn = (text: string): readonly (Node | string)[] => text.split("`").map((part, index) => (index % 2 === 0 ? part : element("code", {}, part)));
