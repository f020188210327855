/** Elements of a page, made without markup in strings: what stands in them is always text. */

type Child = Node | string | undefined;

export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

/** `true` is an attribute without a value, `false` and `undefined` none. */
export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button that does one thing. `label` is its text, or, where it shows an icon alone, what a screen reader says. */
export function button(label: string, attributes: Attributes, press: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", press);
  return made;
}

/** Writes a text where it is another one: what a reader has selected in it stays selected. */
export function setText(shown: Element | null, text: string): void {
  if (shown && shown.textContent !== text) shown.textContent = text;
}

/** A part that can be opened. `changed` is told when a reader does. */
export function foldable(title: string, isOpen: boolean, changed: (isOpen: boolean) => void, ...children: readonly Child[]): HTMLDetailsElement {
  const made = element("details", { open: isOpen }, element("summary", {}, title), ...children);
  made.addEventListener("toggle", () => changed(made.open));
  return made;
}

/** Of the page's own document: it is there, or the page is not the one that this script was written for. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
