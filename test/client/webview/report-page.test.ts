// The page of the report panel in a real browser: the server's own answers, with a test in place of the extension.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportWords } from "../../../client/src/features/report-panel/report-words";
import type { FromReport, ReportState } from "../../../client/webview/report/messages";
import { colourProperties } from "../../../server/src/drawing/colours";
import { shortened, whole } from "../../../client/src/features/report-panel/pictures";
import type { PanelAnswer, PanelReport } from "../../../server/src/lsp/protocol";
import { startInMemory, type InMemoryEditor } from "../../kit/in-memory-editor";
import { repository } from "../../kit/repository";
import { overlaps } from "../../kit/overlaps";
import { themes, type ThemeName } from "../../kit/themes";
import { openWebPage, type WebPage, type WebPageOptions } from "../../kit/web-page";
import { launchChromium } from "../../vscode/chromium.mjs";

const words = reportWords();
const uri = "file:///design/deepseek-v3.dsco";
const design = readFileSync(path.join(repository, "examples/deepseek-v3.dsco"), "utf8");

let browser: Browser;
let editor: InMemoryEditor;
beforeAll(async () => {
  [browser, editor] = await Promise.all([launchChromium(), startInMemory()]);
  editor.open(uri, design);
});
afterAll(async () => {
  await browser.close();
  editor.close();
});

const reports = new Map<string, PanelReport>();

/** What the server says of a declaration of the example, drawn for a width. */
async function reportOf(declaration: string, width = 740): Promise<PanelReport> {
  const key = `${declaration} ${width}`;
  const known = reports.get(key);
  if (known) return known;
  const answer = await editor.request<PanelAnswer>("dsco/panel", { uri, declaration, width });
  if (answer.kind !== "report") throw new Error(answer.kind);
  const report = whole(answer.report, undefined);
  reports.set(key, report);
  return report;
}

/** A page that shows the example's plan. */
async function openPlan(options: Partial<WebPageOptions> = {}): Promise<WebPage & { readonly report: PanelReport }> {
  const opened = await openWebPage(browser, "report", { words, ...options });
  const [size] = (await opened.said()) as readonly FromReport[];
  const report = await reportOf("TrainV3", size?.type === "size" ? size.width : undefined);
  await opened.tell({ type: "report", report, pinned: false });
  return { ...opened, report };
}

/** What the page has said last. */
const lastOf = async ({ said }: WebPage): Promise<unknown> => (await said()).at(-1);
const edited = (report: PanelReport, changed: Partial<PanelReport>) => ({ type: "report", report: { ...report, ...changed }, pinned: false });
const withFigure = (report: PanelReport, metric: string, value: string) =>
  edited(report, { figures: report.figures.map((figure) => (figure.metric === metric ? { ...figure, value } : figure)) });

describe("what is shown", () => {
  test("nothing yet: what the page waits for, in the words that it was given", async () => {
    const { page, tell, said } = await openWebPage(browser, "report", { words, width: 800 });
    expect(await said()).toEqual([{ type: "size", width: 740 }]);
    await tell({ type: "nothing" });
    expect(await page.locator("#root").innerText()).toBe(words.nothing);
  });

  test("a plan: what it is, whether it fits, its figures, its requirements, its pictures", async () => {
    const { page, complaints, report } = await openPlan();
    expect(await page.locator("h1").innerText()).toBe("plan TrainV3");
    expect(await page.locator(".headline.good").innerText()).toMatch(/fits: [\d.]+ GB of 84\.94 GB$/);
    expect(await page.locator(".parts li").allInnerTexts()).toEqual(["model DeepSeekV3", "hardware H800Cluster", "parallelism PP16EP64", "workload Pretrain"]);
    expect(await page.locator(".tile .name").allInnerTexts()).toEqual(report.figures.filter(({ isPart }) => !isPart).slice(0, 8).map(({ title }) => title));
    expect(await page.locator(".tile", { hasText: "Memory per GPU" }).locator(".ideal").innerText()).toBe("of 84.94 GB");
    expect(await page.locator(".checks li").allInnerTexts()).toEqual([
      expect.stringMatching(/^Holds\s+memory_per_gpu <= 80 GB [\d.]+ GB$/), expect.stringMatching(/^Measured\s+step_time = 19\.926 s [\d.]+ s, -[\d.]+ % arXiv:2505\.09343, Table 4$/),
    ]);
    expect(await page.locator(".picture-section h2").allInnerTexts()).toEqual(report.pictures.map(({ title }) => title));
    expect(await page.locator(".picture-section svg.picture").count()).toBe(report.pictures.length);
    expect(report.pictures.map(({ id }) => id)).toEqual(expect.arrayContaining(["memory", "schedule"]));
    // No script of another, no style in an attribute, nothing from a network.
    expect(complaints).toEqual([]);
  });

  test("what cannot be drawn says why, and what fails says so", async () => {
    const { page, tell, report } = await openPlan();
    await tell(edited(report, { fits: false, headline: "does not fit", missing: [{ title: "Schedule", reason: "no `pp`" }], checks: report.checks.map((check) => ({ ...check, holds: false })) }));
    expect(await page.locator(".missing li").innerText()).toBe("Schedule not drawn: no `pp`");
    expect(await page.locator(".headline.bad").innerText()).toBe("Does not fit");
    expect(await page.locator(".badge.bad").count()).toBe(report.checks.length);
  });

  test("a table holds the figures of a picture", async () => {
    const { page, report } = await openPlan();
    const [memory] = report.pictures;
    await page.locator("section").filter({ hasText: memory?.title ?? "" }).locator("summary").first().click();
    expect(await page.locator(".picture-section").first().locator("tbody tr").first().locator("td").allInnerTexts()).toEqual(memory?.table.rows[0]);
  });
});

describe("while somebody types", () => {
  /** Remembers every element of a kind, to ask later whether they are still the same. */
  const remember = (page: Page, selector: string) => page.evaluate(`(globalThis.remembered ??= {})[${JSON.stringify(selector)}] = [...document.querySelectorAll(${JSON.stringify(selector)})]`);
  const areSame = (page: Page, selector: string): Promise<boolean> =>
    page.evaluate(`(() => { const before = globalThis.remembered[${JSON.stringify(selector)}], now = [...document.querySelectorAll(${JSON.stringify(selector)})]; return before.length > 0 && before.length === now.length && now.every((one, index) => one === before[index]); })()`);

  test("an edit changes the figure that it moves, and no other element", async () => {
    const { page, tell, report } = await openPlan();
    for (const selector of ["svg.picture *", ".picture-section *", ".tile, .tile *", "header *", ".parts *"]) await remember(page, selector);
    await tell(withFigure(report, "step_time", "77.70 s"));
    expect(await page.locator(".tile", { hasText: "Step time" }).locator(".value").innerText()).toBe("77.70 s");
    for (const selector of ["svg.picture *", ".picture-section *", ".tile, .tile *", "header *", ".parts *"]) expect(await areSame(page, selector), selector).toBe(true);
  });

  test("a picture that changes is drawn anew in its place: the open table, the others and the scroll position stay", async () => {
    const { page, tell, report } = await openPlan({ height: 500 });
    await page.locator(".picture-section summary").nth(1).click();
    await page.evaluate("window.scrollTo(0, 700)");
    for (const selector of [".picture-section, details, h2, .canvas", ".picture-section:nth-child(2) *"]) await remember(page, selector);
    const at = await page.evaluate("window.scrollY");
    await tell(edited(report, { pictures: report.pictures.map((picture, index) => (index === 0 ? { ...picture, svg: picture.svg.replace(/18\.10 GB/g, "18.11 GB") } : picture)) }));
    expect(await page.locator(".picture-section").first().innerHTML()).toContain("18.11 GB");
    for (const selector of [".picture-section, details, h2, .canvas", ".picture-section:nth-child(2) *"]) expect(await areSame(page, selector), selector).toBe(true);
    expect(await page.locator(".picture-section details").nth(1).getAttribute("open")).toBe("");
    expect(at).toBe(700);
    expect(await page.evaluate("window.scrollY")).toBe(at);
  });

  test("pictures that are not told again stay; those of a declaration that has gone by are not there", async () => {
    const { page, tell, report } = await openPlan();
    await remember(page, ".picture-section, .picture-section *");
    const hashes = report.pictures.map(({ hash }) => hash);
    await tell({ type: "report", report: shortened(report, hashes), pinned: false });
    expect(await areSame(page, ".picture-section, .picture-section *")).toBe(true);
    expect(await page.locator(".picture-section svg.picture").count()).toBe(hashes.length);
    await tell({ type: "report", report: await reportOf("H800Cluster"), pinned: false });
    await tell({ type: "report", report: shortened(report, hashes.slice(1)), pinned: false });
    expect(await page.locator(".picture-section h2").allInnerTexts(), "what nobody has told since is not made up").toEqual([report.pictures[0]?.title]);
  });

  test("the mark that has the focus keeps it, and its tip says the new figure", async () => {
    const { page, tell, report } = await openPlan();
    await page.locator(".canvas .mark").nth(1).focus();
    const id = await page.evaluate("document.activeElement.dataset.mark");
    await tell(edited(report, { pictures: report.pictures.map((picture) => ({ ...picture, svg: picture.svg.replace(/data-tip="/g, 'data-tip="new: ') })) }));
    expect(await page.evaluate("document.activeElement.dataset.mark")).toBe(id);
    expect(await page.locator(".tip").innerText()).toMatch(/^new: /);
  });

  test("a text that cannot be read leaves what was shown, and says so until it can be read again", async () => {
    const { page, tell, report } = await openPlan();
    await remember(page, "main *:not(.broken)");
    await tell({ type: "broken", reason: "`}` is missing" });
    expect(await page.getByRole("status").innerText()).toBe("From before the last edit: `}` is missing");
    expect(await areSame(page, "main *:not(.broken)")).toBe(true);
    await tell({ type: "report", report, pinned: false });
    expect(await page.getByRole("status").count()).toBe(0);
  });

  test("another declaration takes the place of one: its own figures and pictures", async () => {
    const { page, tell } = await openPlan();
    const model = await reportOf("DeepSeekV3");
    await tell({ type: "report", report: model, pinned: false });
    expect(await page.locator("h1").innerText()).toBe("model DeepSeekV3");
    expect(await page.locator(".tile").count()).toBe(Math.min(8, model.figures.length));
    expect(await page.locator(".picture-section h2").allInnerTexts()).toEqual(model.pictures.map(({ title }) => title));
    expect(await page.locator(".checks").isVisible()).toBe(model.checks.length > 0);
  });
});

describe("marks", () => {
  test("say their figure where a pointer is on them, and lead to their line by a click", async () => {
    const opened = await openPlan();
    const { page } = opened;
    const mark = page.locator(".canvas .mark[data-place]").first();
    const [tip, place] = [await mark.getAttribute("data-tip"), await mark.getAttribute("data-place")];
    await mark.hover();
    expect(await page.locator(".tip").innerText()).toBe(tip);
    // Beside the mark, at the pointer, and not on it.
    const [drawn, shown] = [await mark.boundingBox(), await page.locator(".tip").boundingBox()];
    if (!drawn || !shown) throw new Error("one of them is not there");
    expect(shown.y + shown.height <= drawn.y || shown.y >= drawn.y + drawn.height).toBe(true);
    expect(Math.min(Math.abs(drawn.y - shown.y - shown.height), Math.abs(shown.y - drawn.y - drawn.height))).toBeLessThan(10);
    const pointer = drawn.x + drawn.width / 2;
    expect(shown.x <= pointer && pointer <= shown.x + shown.width).toBe(true);
    await mark.click();
    const [, line, character] = /#(\d+):(\d+)$/.exec(place ?? "") ?? [];
    expect(await lastOf(opened)).toEqual({ type: "go", to: { uri, place: { line: Number(line), character: Number(character) } } });
    await page.mouse.move(5, 5);
    expect(await page.locator(".tip").isHidden()).toBe(true);
  });

  test("one of a picture is reached by Tab, the others by arrows; Escape leaves, Enter goes", async () => {
    const opened = await openPlan();
    const { page, report } = opened;
    const focused = () => page.evaluate("document.activeElement.dataset?.mark ?? document.activeElement.localName") as Promise<string>;
    expect(await page.locator('.canvas .mark[tabindex="0"]').count()).toBe(report.pictures.length);
    await page.locator(".picture-section").first().getByRole("button", { name: /PNG/ }).focus();
    await page.keyboard.press("Tab");
    const first = await focused();
    expect(first).toBe(await page.locator(".canvas .mark").first().getAttribute("data-mark"));
    expect(await page.locator(".tip").isVisible()).toBe(true);
    await page.keyboard.press("ArrowRight");
    const second = await focused();
    expect(second).not.toBe(first);
    await page.keyboard.press("ArrowLeft");
    expect(await focused()).toBe(first);
    await page.keyboard.press("ArrowDown");
    const below = await page.evaluate("document.activeElement.getBoundingClientRect().top") as number;
    const top = await page.evaluate("document.querySelector('.canvas .mark').getBoundingClientRect().top") as number;
    expect(below).toBeGreaterThan(top);
    await page.keyboard.press("End");
    expect(await focused()).toBe(await page.locator(".picture-section").first().locator(".mark").last().getAttribute("data-mark"));
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    expect(await lastOf(opened)).toMatchObject({ type: "go", to: { uri } });
    await page.keyboard.press("Escape");
    expect(await page.locator(".tip").isHidden()).toBe(true);
    expect(await focused()).toBe(first);
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("body");
  });

  test("have a name for who does not see them, and a role by what they do", async () => {
    const { page } = await openPlan();
    const marks = await page.evaluate("[...document.querySelectorAll('.canvas .mark')].map((mark) => [mark.getAttribute('role'), mark.hasAttribute('data-place'), (mark.getAttribute('aria-label') ?? '').length > 3])") as [string, boolean, boolean][];
    expect(marks.length).toBeGreaterThan(50);
    expect(marks.filter(([role, leads, isNamed]) => role !== (leads ? "link" : "img") || !isNamed)).toEqual([]);
  });
});

describe("what a reader asks for", () => {
  test("a figure is explained", async () => {
    const opened = await openPlan();
    await opened.page.locator(".tile", { hasText: "MFU" }).click();
    expect(await lastOf(opened)).toEqual({ type: "explain", figure: { uri, declaration: "TrainV3", metric: "mfu" } });
  });

  test("the declaration and its parts are gone to", async () => {
    const opened = await openPlan();
    await opened.page.getByRole("button", { name: "PP16EP64" }).click();
    expect(await lastOf(opened)).toEqual({ type: "go", to: { uri, place: { line: design.slice(0, design.indexOf("parallelism PP16EP64")).split("\n").length - 1, character: 12 } } });
  });

  test("pinned, and free again", async () => {
    const opened = await openPlan();
    const pin = opened.page.getByRole("button", { name: "Pin" });
    await pin.click();
    expect(await lastOf(opened)).toEqual({ type: "pin", pinned: true });
    await opened.tell({ type: "report", report: opened.report, pinned: true });
    expect(await pin.getAttribute("aria-pressed")).toBe("true");
    await pin.click();
    expect(await lastOf(opened)).toEqual({ type: "pin", pinned: false });
  });

  test("a picture as a file: its colours are those that are seen, and nothing of where the design lies is in it", async () => {
    const opened = await openPlan({ theme: "light" });
    const buttons = opened.page.locator(".picture-section").first().locator(".tools button");
    await buttons.nth(0).click();
    const svg = (await lastOf(opened)) as Extract<FromReport, { format: "svg" | "png" }>;
    expect(svg).toMatchObject({ type: "save", format: "svg", name: "memory" });
    expect(svg.data).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.data).toContain(`--dsco-weights: ${themes.light.colours["--vscode-charts-blue"]};`);
    expect(svg.data).not.toMatch(/ data-place=| data-tip=|file:|var\(--vscode/);
    expect(svg.data.match(/<title>/g)?.length).toBe(await opened.page.locator(".picture-section").first().locator(".mark").count());
    await buttons.nth(1).click();
    await expect.poll(async () => ((await lastOf(opened)) as { format?: string }).format).toBe("png");
    const png = Buffer.from(((await lastOf(opened)) as { readonly data: string }).data, "base64");
    expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect(png.readUInt32BE(16)).toBe(2 * 740);
    // It is drawn: a canvas without a picture is a small file.
    expect(png.length).toBeGreaterThan(20_000);
    expect(opened.complaints).toEqual([]);
  });

  test("the whole report as a file", async () => {
    const opened = await openPlan();
    await opened.page.getByRole("button", { name: "Save Report…" }).click();
    expect(await lastOf(opened)).toEqual({ type: "save", format: "html" });
  });
});

test("open tables, the scroll position and what is shown outlive a reload", async () => {
  const { page, kept } = await openPlan({ height: 500 });
  await page.locator("summary", { hasText: "All figures" }).click();
  await page.evaluate("window.scrollTo(0, 400)");
  await expect.poll(kept).toEqual({ target: { uri, declaration: "TrainV3" }, pinned: false, scroll: 400, open: ["figures"] } satisfies ReportState);
  const again = await openPlan({ height: 500, state: await kept() });
  expect(await again.page.evaluate("window.scrollY")).toBe(400);
  expect(await again.page.locator("details[open] summary").allInnerTexts()).toEqual(["All figures"]);
});

test("a panel that becomes wider asks for wider pictures", async () => {
  const { page, said } = await openPlan();
  await page.setViewportSize({ width: 1001, height: 700 });
  await expect.poll(async () => (await said()).at(-1)).toEqual({ type: "size", width: 940 });
});

test("every colour of a picture is one of the theme", () => {
  const style = readFileSync(path.join(repository, "client/webview/report/report.css"), "utf8");
  expect(colourProperties.length).toBeGreaterThan(20);
  expect(colourProperties.filter((name) => !new RegExp(`^  ${name}: var\\(--`, "m").test(style))).toEqual([]);
});

describe.each([[800, 1], [1600, 1], [800, 2]])("at %i pixels and %i times the size", (width, zoom) => {
  test.each(Object.keys(themes) as ThemeName[])("nothing overlaps and nothing is cut off: %s", async (theme) => {
    const { page, complaints } = await openPlan({ theme, width: width / zoom });
    await page.locator("summary", { hasText: "All figures" }).click();
    expect(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "the page scrolls sideways").toBe(true);
    // Texts of a picture, and the blocks of the page: no two of them on one another.
    expect(await overlaps(page, {
      apart: [
        { called: "texts", selector: "text", within: "svg.picture" }, { called: "tiles", selector: ".tile" },
        { called: "blocks", selector: "main > *, .picture-section > *", leftOut: "header, .pictures, :has(> .tiles)" },
      ],
      whole: ".tile, .badge, button",
    })).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
