// A page of the extension in a real browser, as VS Code would show it: its own document with its policy, its bundle, a theme's colours, and in
// place of the extension a test that sees what the page says.
import { build } from "esbuild";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { pageHtml } from "../../client/src/infrastructure/page-html";
import { webviewBundles } from "../../scripts/bundles.mjs";
import { repository } from "./repository";
import { themes, type ThemeName } from "./themes";

export interface WebPage {
  readonly page: Page;
  /** What the page has told the extension, without the `ready` of its start. */
  readonly said: () => Promise<readonly unknown[]>;
  /** The extension's side. */
  readonly tell: (message: unknown) => Promise<void>;
  /** What the page keeps over a reload. */
  readonly kept: () => Promise<unknown>;
  /** What the browser complained of: errors of scripts, violations of the policy. */
  readonly complaints: readonly string[];
}

export interface WebPageOptions {
  readonly words: object;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What it kept before. */
  readonly state?: unknown;
}

type BundleName = keyof typeof webviewBundles.entryPoints;

const bundles = new Map<string, Promise<{ readonly script: string; readonly style: string }>>();

/** The script and the style sheet of a page, built once. */
function bundleOf(name: string): Promise<{ readonly script: string; readonly style: string }> {
  const known = bundles.get(name) ?? bundle(name);
  bundles.set(name, known);
  return known;
}

async function bundle(name: string) {
  const entry = `webview/${name}` as BundleName;
  const { outputFiles } = await build({
    ...webviewBundles, absWorkingDir: repository, entryPoints: { [entry]: webviewBundles.entryPoints[entry] }, outdir: path.join(repository, "dist"), write: false, logLevel: "error",
  });
  const text = (end: string) => outputFiles.find((file) => file.path.endsWith(end))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}

const origin = "http://localhost:9";

/** `name`: of the bundle, `report`. */
export async function openWebPage(browser: Browser, name: string, { words, theme = "dark", width = 800, height = 900, state }: WebPageOptions): Promise<WebPage> {
  const { script, style } = await bundleOf(name);
  const html = pageHtml({
    nonce: "0123456789abcdef", source: origin, script: `${origin}/page.js`, style: `${origin}/page.css`, language: "en", title: name, words: { ...words } as Readonly<Record<string, string>>,
  });
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "/": ["text/html", html], "/page.js": ["text/javascript", script], "/page.css": ["text/css", style],
  };
  const { colours, kind } = themes[theme];
  const page = await browser.newPage({ viewport: { width, height }, forcedColors: "none", colorScheme: kind.includes("light") ? "light" : "dark" });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.route("**/*", async (route) => {
    const found = files[new URL(route.request().url()).pathname];
    await (found ? route.fulfill({ contentType: found[0], body: found[1] }) : route.abort());
  });
  await page.addInitScript(({ kept, colours, kind }) => {
    const browserWindow = globalThis as unknown as Record<string, unknown>;
    const said: unknown[] = [];
    let state: unknown = kept;
    browserWindow["said"] = said;
    browserWindow["kept"] = () => state;
    browserWindow["acquireVsCodeApi"] = () => ({
      postMessage: (message: unknown) => said.push(structuredClone(message)), getState: () => state,
      setState: (value: unknown) => {
        state = structuredClone(value);
      },
    });
    // VS Code sets a theme in the same way: on the root of the document and its body.
    const page = (browserWindow["document"] as { readonly documentElement: { readonly style: { setProperty(name: string, value: string): void } }; addEventListener(name: string, run: () => void): void; readonly body: { className: string; dataset: Record<string, string> } });
    page.addEventListener("readystatechange", () => {
      for (const [name, value] of Object.entries(colours)) page.documentElement.style.setProperty(name, value);
      if (page.body) page.body.className = kind;
    });
  }, { kept: state, colours, kind });
  await page.goto(`${origin}/`);
  const all = () => page.evaluate("globalThis.said") as Promise<readonly { readonly type?: string }[]>;
  return {
    page, complaints,
    said: async () => (await all()).filter(({ type }) => type !== "ready"),
    tell: async (message) => {
      await page.evaluate(`window.postMessage(${JSON.stringify(message)}, "*")`);
      // Messages arrive in order: when this one is here, so is that.
      await page.evaluate("new Promise((resolve) => { addEventListener('message', () => setTimeout(resolve), { once: true }); window.postMessage({ type: 'nothing to do' }, '*'); })");
    },
    kept: () => page.evaluate("globalThis.kept()"),
  };
}
