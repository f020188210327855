// The panel of a sweep in a real browser: the server's own answers, with a test in place of the extension.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepWords } from "../../../client/src/features/sweep/sweep-words";
import type { SweepState } from "../../../client/webview/sweep/messages";
import type { SweepProgress, SweepSpace, SweepStart } from "../../../server/src/lsp/protocol";
import { startInMemory } from "../../kit/in-memory-editor";
import { repository } from "../../kit/repository";
import { overlaps } from "../../kit/overlaps";
import { themes, type ThemeName } from "../../kit/themes";
import { openWebPage, type WebPage, type WebPageOptions } from "../../kit/web-page";
import { launchChromium } from "../../vscode/chromium.mjs";

const words = sweepWords();
const uri = "file:///design/decode-frontier.dsco";

let browser: Browser;
let space: SweepSpace;
/** What the run of the example has told, and all of it at once. */
let told: readonly SweepProgress[];
let all: SweepProgress;

beforeAll(async () => {
  const [launched, editor] = await Promise.all([launchChromium(), startInMemory()]);
  browser = launched;
  editor.open(uri, readFileSync(path.join(repository, "examples/decode-frontier.dsco"), "utf8"));
  const started = await editor.request<SweepStart>("dsco/sweep/start", { uri, sweep: "DecodeFrontier" });
  if (started.kind === "refused") throw new Error(started.reason);
  ({ space } = started);
  const progress = () => editor.notifications.flatMap(({ method, params }) => (method === "dsco/sweep/progress" ? [params as SweepProgress] : []));
  while (progress().at(-1)?.state !== "done") await new Promise((resolve) => setTimeout(resolve, 20));
  told = progress();
  const last = told.at(-1);
  if (!last) throw new Error("nothing was told");
  all = { ...last, designs: told.flatMap(({ designs }) => designs), values: told.flatMap(({ values }) => values), front: told.flatMap(({ front }) => (front ? [front] : [])).at(-1) ?? [] };
  editor.close();
}, 90_000);
afterAll(() => browser.close());

async function openSweep(options: Partial<WebPageOptions> = {}): Promise<WebPage> {
  const opened = await openWebPage(browser, "sweep", { words, ...options });
  await opened.tell({ type: "space", space });
  for (const progress of told) await opened.tell({ type: "progress", progress });
  return opened;
}

const lastOf = async ({ said }: WebPage): Promise<unknown> => (await said()).at(-1);
const column = (page: Page, index: number) => page.evaluate(`[...document.querySelectorAll(".space .row")].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map((row) => row.children[${index}].textContent)`) as Promise<string[]>;
const numbers = async (page: Page, index: number) => (await column(page, index)).map((text) => Number(text.replace(/,/g, "")));
const header = (page: Page, name: string) => page.locator(".head [role=columnheader]", { hasText: name });

describe("a run", () => {
  test("that was not begun is offered; one that was refused says why", async () => {
    const opened = await openWebPage(browser, "sweep", { words });
    await opened.tell({ type: "none", sweep: "DecodeFrontier" });
    expect(await opened.page.locator(".nothing").innerText()).toBe(words.nothing);
    await opened.page.getByRole("button", { name: "Run Sweep" }).click();
    expect(await lastOf(opened)).toEqual({ type: "run" });
    await opened.tell({ type: "none", sweep: "S", reason: "`zero` must not be above 3: found 7" });
    expect(await opened.page.locator(".nothing").innerText()).toBe("S did not run: zero must not be above 3: found 7.");
    expect(opened.complaints).toEqual([]);
  });

  test("shows where it stands, can be cancelled, and says when the files have changed", async () => {
    const opened = await openWebPage(browser, "sweep", { words });
    const { page, tell } = opened;
    await tell({ type: "space", space });
    expect(await page.locator("progress").isVisible()).toBe(true);
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await lastOf(opened)).toEqual({ type: "cancel" });
    await tell({ type: "progress", progress: { ...all, state: "cancelled", tried: 128 } });
    expect(await page.getByRole("status").innerText()).toBe(`128 of 192 designs tried · ${all.feasible} meet everything · ${all.front?.length} on the front · cancelled`);
    expect(await page.getByRole("button", { name: "Cancel" }).isVisible()).toBe(false);
    expect(((await opened.kept()) as SweepState).isWanted).toBe(false);
    await tell({ type: "age", isOutdated: true });
    expect(await page.getByRole("alert").innerText()).toBe(words.outdated);
    await tell({ type: "age", isOutdated: false });
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.getByRole("button", { name: "Run Again" }).click();
    expect(await lastOf(opened)).toEqual({ type: "run" });
  });

  test("is drawn less often where a drawing takes long: there is time to read and to click", async () => {
    const { page, tell } = await openWebPage(browser, "sweep", { words });
    await tell({ type: "space", space });
    // a browser in which every drawing takes a second
    await page.evaluate("{ let now = 0; performance.now = () => (now += 1000); }");
    const running = (tried: number) => tell({ type: "progress", progress: { run: "r", state: "running", tried, feasible: 0, designs: [], values: [], reasons: [] } });
    const status = page.getByRole("status");
    await running(10);
    await expect.poll(() => status.innerText()).toMatch(/^10 of/);
    await running(20);
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))");
    expect(await status.innerText()).toMatch(/^10 of/);
    await expect.poll(() => status.innerText(), { timeout: 20_000 }).toMatch(/^20 of/);
  });

  test("is shown as points, as rows and as reasons", async () => {
    const { page, complaints } = await openSweep();
    expect(await page.locator("h1").innerText()).toBe("sweep DecodeFrontier");
    expect(await page.getByRole("status").innerText()).toMatch(/^192 of 192 designs tried · \d+ meet everything · \d+ on the front · all tried$/);
    expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe(String(all.feasible + 1));
    const speeds = await numbers(page, 5);
    expect(speeds).toEqual([...speeds].sort((left, right) => right - left));
    expect(await header(page, "Throughput").getAttribute("aria-sort")).toBe("descending");
    expect(await page.locator(".reasons tbody tr").count()).toBe(all.reasons.length);
    expect(await page.locator(".reasons h2").innerText()).toBe(`${192 - all.feasible} designs are left out (${Math.round((100 * (192 - all.feasible)) / 192)} % of those tried)`);
    expect(await page.locator(".reasons tbody tr").first().innerText()).toMatch(/^\d+\t\d+ %\s+They do not fit; the largest part of their memory: /);
    // no script of another, no style in an attribute, nothing from a network
    expect(complaints).toEqual([]);
  });

  test("in which nothing meets everything says what would let a design in", async () => {
    const { page, tell } = await openWebPage(browser, "sweep", { words });
    await tell({ type: "space", space });
    const advice = ["Nothing meets everything. Most designs (192) are left out because of this: `tpot <= 1 ms`.", "Without `tpot <= 1 ms` 136 designs meet the rest; the nearest has tpot = 22.18 ms."];
    await tell({ type: "progress", progress: { run: "r", state: "done", tried: 192, feasible: 0, designs: [], values: [], reasons: [{ kind: "where", text: "tpot <= 1 ms", count: 192 }], advice } });
    expect(await page.locator(".advice li").allInnerTexts()).toEqual(advice.map((line) => line.replace(/`/g, "")));
    expect(await page.getByRole("grid").isVisible()).toBe(false);
    expect(await page.locator(".reasons tbody").innerText()).toContain("100 %");
  });
});

describe("the table", () => {
  test("is sorted by a column, and the other way around", async () => {
    const { page } = await openSweep();
    const sort = header(page, "Time per output token").getByRole("button");
    await sort.click();
    const up = await numbers(page, 6);
    expect(up).toEqual([...up].sort((left, right) => left - right));
    await sort.click();
    const down = await numbers(page, 6);
    expect(down).toEqual([...down].sort((left, right) => right - left));
    expect(down[0]).toBeGreaterThan(up[0] ?? Number.NaN);
  });

  test("is filtered by numbers, by text and to the front", async () => {
    const { page } = await openSweep();
    await header(page, "Time per output token").getByRole("textbox").fill("<= 30");
    const times = await numbers(page, 6);
    expect(times.length).toBeGreaterThan(3);
    expect(times.every((time) => time <= 30)).toBe(true);
    await header(page, "hardware").getByRole("textbox").fill("h800");
    expect(new Set(await column(page, 4))).not.toContain("NVL72Unit");
    await header(page, "Time per output token").getByRole("textbox").fill("");
    await header(page, "hardware").getByRole("textbox").fill("");
    await page.getByRole("button", { name: "Front Only" }).click();
    expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe(String((all.front?.length ?? 0) + 1));
    expect(new Set(await column(page, 0))).toEqual(new Set(["◆"]));
    expect(await page.locator(".counts").innerText()).toBe(`${all.front?.length} of ${all.feasible} that meet everything`);
  });

  test("is copied as it is filtered and sorted", async () => {
    const opened = await openSweep();
    await opened.page.getByRole("button", { name: "Front Only" }).click();
    await opened.page.getByRole("button", { name: "Copy as Table" }).click();
    const { type, text } = (await lastOf(opened)) as { readonly type: string; readonly text: string };
    const lines = text.trimEnd().split("\n");
    expect([type, lines.length, lines[0]]).toEqual(["copy", 1 + (all.front?.length ?? 0), "design\tparallelism.ep\tworkload.batch_per_gpu\thardware\ttokens_per_second_per_gpu\ttpot\tpareto"]);
    expect(lines.slice(1).map((line) => Number(line.split("\t")[0]))).toEqual([...(all.front ?? [])]);
  });

  test("holds a hundred thousand rows, of which it draws those that are seen", async () => {
    const size = 100_000;
    const { page, tell } = await openWebPage(browser, "sweep", { words });
    const many: SweepSpace = { ...space, size, axes: [{ path: "workload.batch_per_gpu", choices: Array.from({ length: size }, (_, index) => String(index + 1)), numbers: Array.from({ length: size }, (_, index) => index + 1), steps: [[1, ""]] }] };
    await tell({ type: "space", space: many });
    const designs = Array.from({ length: size }, (_, index) => index);
    await tell({ type: "progress", progress: { run: "r", state: "done", tried: size, feasible: size, designs, values: designs.flatMap((index) => [1000 + ((index * 7919) % size), 0.01 + index / 1e6]), front: [7], reasons: [] } });
    expect(await page.locator(".space .row").count()).toBeLessThan(80);
    expect(await page.locator(".space .row").first().innerText()).toContain("100,999");
    const milliseconds = await page.evaluate(`(async () => {
      const grid = document.querySelector(".grid");
      const from = performance.now();
      for (let step = 1; step <= 20; step += 1) { grid.scrollTop = (grid.scrollHeight * step) / 20; await new Promise(requestAnimationFrame); }
      return performance.now() - from;
    })()`);
    expect(milliseconds).toBeLessThan(3000);
    expect(await page.locator(".space .row").count()).toBeLessThan(80);
    expect((await numbers(page, 3)).at(-1)).toBe(1000);
  }, 60_000);
});

describe("a design", () => {
  test("that is chosen in the table is marked in both, and can be applied, compared and copied", async () => {
    const opened = await openSweep();
    const { page } = opened;
    await page.locator(".space .row").nth(2).click();
    const row = page.locator('.space .row[aria-selected="true"]');
    const design = Number(await row.getAttribute("data-design"));
    expect(await page.locator(".selection h2").innerText()).toContain(`Design ${design}`);
    expect(await page.locator(".selection dd").allInnerTexts()).toHaveLength(5);
    for (const [name, type] of [["Apply to Plan", "apply"], ["Compare", "compare"], ["Copy as --set", "options"]] as const) {
      await page.getByRole("button", { name }).click();
      expect(await lastOf(opened)).toEqual({ type, design });
    }
  });

  test("is chosen by the keyboard, in the table by rows and among the points along the front", async () => {
    const { page } = await openSweep();
    const chosen = () => page.locator(".selection").getAttribute("data-design").then(Number);
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const [, second] = await numbers(page, 1);
    expect(await chosen()).toBe(second);
    expect(await page.getByRole("grid").getAttribute("aria-activedescendant")).toBe(`design-${second}`);
    await page.keyboard.press("End");
    expect(await page.locator('.space .row[aria-selected="true"]').getAttribute("aria-rowindex")).toBe(String(all.feasible + 1));
    await page.locator(".area").focus();
    await page.keyboard.press("ArrowRight");
    const front = [...(all.front ?? [])];
    expect(front).toContain(await chosen());
    const first = await chosen();
    await page.keyboard.press("ArrowRight");
    const next = await chosen();
    expect([front.includes(next), next === first]).toEqual([true, false]);
    await page.keyboard.press("ArrowLeft");
    expect(await chosen()).toBe(first);
    // the table shows the row that was chosen among the points
    expect(await page.locator('.space .row[aria-selected="true"]').getAttribute("data-design")).toBe(String(first));
  });

  test("is named where a pointer is on its point, and chosen by a click there", async () => {
    const { page } = await openSweep();
    await page.locator(".area").focus();
    await page.keyboard.press("ArrowLeft");
    const design = await page.locator(".selection").getAttribute("data-design");
    // the ring around the chosen point says where it is
    const place = (await page.evaluate(`(() => {
      const canvas = document.querySelector("canvas"), ratio = devicePixelRatio, { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const ring = getComputedStyle(document.body).getPropertyValue("--vscode-foreground").match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
      let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 250 && ring.every((part, index) => Math.abs(data[at + index] - part) < 3)) {
        const x = (at / 4) % width, y = Math.floor(at / 4 / width);
        left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
      }
      return { x: (left + right) / 2 / ratio, y: (top + bottom) / 2 / ratio };
    })()`)) as { readonly x: number; readonly y: number };
    await page.locator(".space .row").nth(5).click();
    await page.locator(".area").hover({ position: place });
    expect(await page.locator(".tip strong").innerText()).toBe(`Design ${design}`);
    expect(await page.locator(".tip").innerText()).toMatch(/Time per output token: [\d.]+ ms/);
    await page.locator(".area").click({ position: place });
    expect(await page.locator(".selection").getAttribute("data-design")).toBe(design);
  });

  test("is drawn against other scales, also logarithmic ones", async () => {
    const { page } = await openSweep();
    const titles = () => page.locator(".area .title").allTextContents();
    expect(await titles()).toEqual(["Time per output token, ms  ↓", "Throughput of a GPU, tokens/s  ↑"]);
    await page.getByRole("combobox", { name: "Across" }).selectOption("workload.batch_per_gpu");
    expect((await titles())[0]).toBe("batch_per_gpu");
    const before = await page.locator(".area text").allTextContents();
    await page.getByRole("button", { name: "Upward: Logarithmic scale" }).click();
    expect(await page.getByRole("button", { name: "Upward: Logarithmic scale" }).getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator(".area text").allTextContents()).not.toEqual(before);
  });
});

test("what a reader has chosen to see outlives a reload", async () => {
  const { page, kept } = await openSweep();
  await header(page, "Time per output token").getByRole("button").click();
  await header(page, "hardware").getByRole("textbox").fill("H800");
  await page.locator(".space .row").nth(1).click();
  await page.getByRole("button", { name: "Across: Logarithmic scale" }).click();
  const state = (await kept()) as SweepState;
  expect(state).toMatchObject({ target: { uri, declaration: "DecodeFrontier" }, isWanted: true, view: { sort: "tpot", isDescending: false, filters: { hardware: "H800" }, logX: true } });
  const again = await openSweep({ state });
  expect(await header(again.page, "hardware").getByRole("textbox").inputValue()).toBe("H800");
  expect(new Set(await column(again.page, 4))).toEqual(new Set(["H800Unit"]));
  expect(await header(again.page, "Time per output token").getAttribute("aria-sort")).toBe("ascending");
  expect(await again.page.locator('.space .row[aria-selected="true"]').getAttribute("data-design")).toBe(String(state.view?.selected));
});

describe.each([800, 1600])("at %i pixels", (width) => {
  test.each(Object.keys(themes) as ThemeName[])("nothing overlaps and nothing is cut off: %s", async (theme) => {
    const { page, complaints } = await openSweep({ theme, width });
    await page.locator(".space .row").nth(1).click();
    expect(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "the page scrolls sideways").toBe(true);
    expect(await overlaps(page, {
      apart: [
        { called: "texts", selector: ".area text" }, { called: "parts", selector: "header, .where, .plot, .selection, .rows, .reasons" },
        { called: "headings", selector: ".head [role=columnheader] > *" }, { called: "controls", selector: "button, select", leftOut: ".grid *" },
      ],
      whole: "button, .selection dt, .selection dd, .head .sort",
    })).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
