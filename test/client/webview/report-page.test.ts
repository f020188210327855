// The page of the report panel in a real browser, with a test in place of the extension.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReportWords } from "../../../client/webview/report/messages";
import { openWebPage } from "../../kit/web-page";
import { launchChromium } from "../../vscode/chromium.mjs";

const words: ReportWords = {
  nothing: "nothing to show", pin: "Pin", pinned: "Stay here", figures: "Figures", ideal: "physical bound", explain: "Where {0} comes from", broken: "Before the edit: {0}",
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

test("a page without a plan says what it waits for, in the words that it was given", async () => {
  const { page, tell, complaints } = await openWebPage(browser, "report", { words });
  await tell({ type: "nothing" });
  expect(await page.locator("#root").innerText()).toBe("nothing to show");
  expect(complaints).toEqual([]);
});
