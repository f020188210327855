/** The designs as rows. Only those that are seen are elements: a hundred thousand scroll like ten. */
import { element } from "../elements";
import { filled } from "../page";
import type { SweepView, SweepWords } from "./messages";
import type { Column, Results } from "./results";

export interface TableOptions {
  readonly words: SweepWords;
  /** A reader has chosen something else to see. */
  readonly changed: (view: Partial<SweepView>) => void;
  readonly select: (design: number) => void;
}

export interface Table {
  readonly node: HTMLElement;
  /** Other columns: a new run. */
  readonly begin: (results: Results, view: SweepView) => void;
  readonly show: (results: Results, order: Uint32Array, view: SweepView) => void;
  /** Scrolls to the row of a design. */
  readonly reveal: (design: number) => void;
  readonly focus: () => void;
}

/** CSS pixels; the style sheet says the same. */
const rowHeight = 24;

/** Rows above and below what is seen, so that a flick of the wheel shows no gap. */
const margin = 12;

export function createTable({ words, changed, select }: TableOptions): Table {
  const head = element("div", { class: "head", role: "rowgroup" });
  const space = element("div", { class: "space", role: "rowgroup" });
  const node = element("div", { class: "grid", role: "grid", tabindex: 0, "aria-label": words.designs, "aria-multiselectable": "false" }, head, space);
  let results: Results | undefined;
  let order = new Uint32Array();
  let selected: number | undefined;
  const drawn = new Map<number, HTMLElement>();

  const draw = (): void => {
    if (!results) return;
    const first = Math.max(0, Math.floor(node.scrollTop / rowHeight) - margin);
    const last = Math.min(order.length, Math.ceil((node.scrollTop + node.clientHeight) / rowHeight) + margin);
    for (const [place, row] of drawn) {
      if (place >= first && place < last) continue;
      row.remove();
      drawn.delete(place);
    }
    for (let place = first; place < last; place += 1) {
      const known = drawn.get(place);
      const made = known ?? rowElement(results.columns.length + 1);
      if (!known) {
        made.style.setProperty("transform", `translateY(${place * rowHeight}px)`);
        drawn.set(place, made);
        space.append(made);
      }
      fill(made, results, order[place] ?? 0, place, selected, words);
    }
    const active = selected === undefined ? undefined : `design-${selected}`;
    if (active !== undefined && [...drawn.values()].some(({ id }) => id === active)) node.setAttribute("aria-activedescendant", active);
    else node.removeAttribute("aria-activedescendant");
  };

  const placeOf = (design: number): number => {
    const row = results?.rowOf(design);
    return row === undefined ? -1 : order.indexOf(row);
  };

  const scrollTo = (place: number): void => {
    const [top, bottom] = [place * rowHeight, (place + 1) * rowHeight];
    const height = node.clientHeight - head.offsetHeight;
    if (top < node.scrollTop) node.scrollTop = top;
    else if (bottom > node.scrollTop + height) node.scrollTop = bottom - height;
  };

  node.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(node);
  space.addEventListener("click", ({ target }) => {
    const row = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
    if (row?.dataset["design"] !== undefined) select(Number(row.dataset["design"]));
  });
  node.addEventListener("keydown", (event) => {
    if (event.target !== node || !results || order.length === 0) return;
    const page = Math.max(1, Math.floor(node.clientHeight / rowHeight) - 3);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -order.length, End: order.length };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = selected === undefined ? -1 : placeOf(selected);
    const place = at < 0 ? 0 : Math.max(0, Math.min(order.length - 1, at + step));
    select(results.designOf(order[place] ?? 0));
    scrollTo(place);
  });

  return {
    node,
    begin: (begun, view) => {
      results = begun;
      drawn.clear();
      space.replaceChildren();
      head.replaceChildren(headRow(begun, view, words, changed));
      const widths = begun.columns.map(widthOf);
      node.style.setProperty("--columns", `28px ${widths.map((width) => `minmax(${width}ch, ${width}fr)`).join(" ")}`);
      node.style.setProperty("--least", `calc(28px + ${widths.reduce((sum, width) => sum + width, 0)}ch)`);
    },
    show: (shown, rows, view) => {
      results = shown;
      order = rows.slice();
      selected = view.selected;
      node.setAttribute("aria-rowcount", String(order.length + 1));
      node.setAttribute("aria-colcount", String(shown.columns.length + 1));
      space.style.setProperty("height", `${order.length * rowHeight}px`);
      for (const cell of head.querySelectorAll<HTMLElement>("[data-column]")) {
        const id = cell.dataset["column"];
        cell.setAttribute("aria-sort", id !== view.sort ? "none" : view.isDescending ? "descending" : "ascending");
        const column = shown.columns.find((each) => each.id === id);
        const unit = cell.querySelector(".unit");
        if (column?.sense && unit) unit.textContent = column.unit().name;
      }
      draw();
    },
    reveal: (design) => {
      const place = placeOf(design);
      if (place >= 0) scrollTo(place);
    },
    focus: () => node.focus(),
  };
}

/** In widths of a digit: enough for the title, that of an objective with its unit in two lines, and for the longest of what the column can say. */
const widthOf = ({ title, longest, sense }: Column): number => Math.max(9, Math.min(30, sense ? Math.ceil(title.length / 2) + 8 : Math.max(title.length + 2, longest) + 3));

function headRow({ columns }: Results, view: SweepView, words: SweepWords, changed: TableOptions["changed"]): HTMLElement {
  let filters = view.filters;
  return element("div", { class: "row", role: "row", "aria-rowindex": 1 }, element("div", { role: "columnheader", class: "mark", title: words.front }, "◆"), ...columns.map((column) => {
    const { id, title, isNumber, sense } = column;
    const name = id === "design" ? words.design : title;
    const sort = element("button", { type: "button", class: "sort", title: sense ? `${id} · ${filled(words.best, sense === "maximize" ? "↑" : "↓")}` : id }, name, element("span", { class: "unit" }));
    sort.addEventListener("click", () => {
      const isSorted = sort.parentElement?.getAttribute("aria-sort") ?? "none";
      changed({ sort: id, isDescending: isSorted === "none" ? sense === "maximize" : isSorted === "ascending" });
    });
    const filter = element("input", { type: "text", value: view.filters[id] ?? "", placeholder: words.filter, title: isNumber ? words.filterHelp : "", "aria-label": `${words.filter}: ${name}`, spellcheck: "false" });
    filter.addEventListener("input", () => changed({ filters: (filters = { ...filters, [id]: filter.value }) }));
    return element("div", { role: "columnheader", class: isNumber ? "number" : "text", "data-column": id }, sort, filter);
  }));
}

function rowElement(cells: number): HTMLElement {
  return element("div", { class: "row", role: "row" }, ...Array.from({ length: cells }, () => element("div", { role: "gridcell" })));
}

function fill(made: HTMLElement, results: Results, row: number, place: number, selected: number | undefined, words: SweepWords): void {
  const design = results.designOf(row);
  const isOnFront = results.isOnFront(row);
  made.id = `design-${design}`;
  made.dataset["design"] = String(design);
  made.setAttribute("aria-rowindex", String(place + 2));
  made.setAttribute("aria-selected", String(design === selected));
  made.classList.toggle("front", isOnFront);
  made.classList.toggle("even", place % 2 === 1);
  const [mark, ...cells] = made.children;
  if (mark) {
    mark.className = "mark";
    mark.textContent = isOnFront ? "◆" : "";
    if (isOnFront) mark.setAttribute("aria-label", words.frontMark);
    else mark.removeAttribute("aria-label");
  }
  for (const [index, column] of results.columns.entries()) {
    const cell = cells[index];
    if (!cell) continue;
    const text = column.text(row);
    if (cell.textContent !== text) cell.textContent = text;
    cell.className = column.isNumber ? "number" : "text";
  }
}
