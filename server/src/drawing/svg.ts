/** SVG as text. Whatever comes from a design is escaped here. */

type Attributes = Readonly<Record<string, string | number | undefined>>;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" };

/** Controls have no place in XML: one in a name would make the whole picture unreadable. */
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const escapeXml = (text: string): string => text.replace(unprintable, " ").replace(/[&<>"\n]/g, (character) => entities[character] ?? character);

/** In tenths: of a pixel, where it is one. */
export const tenth = (value: number): string => String(Number(value.toFixed(1)));

const shown = (value: string | number): string => (typeof value === "number" ? tenth(value) : escapeXml(value));

/** An element; attributes without a value are left out. `children` are SVG already. */
export function element(name: string, attributes: Attributes, children = ""): string {
  let written = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) written += ` ${key}="${shown(value)}"`;
  return children === "" ? `${written}/>` : `${written}>${children}</${name}>`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const rect = ({ x, y, width, height }: Box, className: string, rounding = 0): string =>
  element("rect", { class: className, x, y, width: Math.max(0, width), height: Math.max(0, height), rx: rounding === 0 ? undefined : rounding });

/** The outline of a box as a part of a path. */
export const boxPath = ({ x, y, width, height }: Box): string => `M${tenth(x)} ${tenth(y)}h${tenth(width)}v${tenth(height)}h${tenth(-width)}z`;

export const line = (x1: number, y1: number, x2: number, y2: number, className: string): string => element("line", { class: className, x1, y1, x2, y2 });

export type Anchor = "start" | "middle" | "end";

/** A line of text; `y` is its base line. */
export const text = (content: string, x: number, y: number, { anchor = "start", className }: { readonly anchor?: Anchor; readonly className?: string } = {}): string =>
  element("text", { class: className, x, y, "text-anchor": anchor === "start" ? undefined : anchor }, escapeXml(content));
