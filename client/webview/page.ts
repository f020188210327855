/** A page's side of its connection with the extension. Everything that a page may ask of the outside passes here. */

/** What VS Code gives to the script of a webview, once. */
interface EditorApi<State> {
  readonly postMessage: (message: unknown) => void;
  readonly getState: () => State | undefined;
  readonly setState: (state: State) => void;
}

declare const acquireVsCodeApi: <State>() => EditorApi<State>;

export interface Page<ToExtension, State> {
  readonly post: (message: ToExtension) => void;
  /** What the page kept before it was hidden or the window was reloaded; `undefined` for a new page. */
  readonly state: () => State | undefined;
  /** Replaces what is kept: small plain data. The extension's serializer is given it after a reload. */
  readonly keep: (state: State) => void;
}

/** Connects the page: every message of the extension goes to `receive`, from the first one on. */
export function connect<FromExtension, ToExtension extends { readonly type: string }, State>(
  receive: (message: FromExtension, page: Page<ToExtension, State>) => void,
): Page<ToExtension, State> {
  const api = acquireVsCodeApi<State>();
  const page: Page<ToExtension, State> = { post: api.postMessage, state: api.getState, keep: api.setState };
  window.addEventListener("message", ({ data }: MessageEvent<FromExtension>) => receive(data, page));
  // Before this the extension sends nothing: nobody would hear it.
  api.postMessage({ type: "ready" });
  return page;
}

/** The texts of the page in the user's language, as the extension wrote them into it; `{0}` stands for what is filled in. */
export function wordsOf<Words extends object>(): Words {
  return JSON.parse(document.body.dataset["words"] ?? "{}") as Words;
}

/** A text with its places filled in. */
export const filled = (text: string, ...values: readonly (string | number)[]): string =>
  text.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
