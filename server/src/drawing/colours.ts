/** The colours of pictures by what they stand for. Every one is a custom property, `--dsco-weights`, that the surroundings set. */

/** What fills are of. */
const fills = {
  weights: ["#2f6fb5", "#6aa9ea"], gradients: ["#8a5a9c", "#c795dc"], optimizer: ["#b3662a", "#e59a5c"], activations: ["#2f8557", "#66c08f"], cache: ["#0e7f8a", "#4fc3cf"],
  buffers: ["#77797f", "#a5a8af"], reserve: ["#77797f", "#a5a8af"],
  forward: ["#2f6fb5", "#6aa9ea"], forward2: ["#0e7f8a", "#4fc3cf"], backward: ["#2f8557", "#66c08f"], backward2: ["#76811f", "#b9c45a"], weightGradient: ["#b3662a", "#e59a5c"],
  compute: ["#5a55b5", "#a3a0f0"], exposed: ["#c2413b", "#f08a83"], hidden: ["#77797f", "#a5a8af"], bubble: ["#77797f", "#a5a8af"],
  attention: ["#2f6fb5", "#6aa9ea"], mixer: ["#0e7f8a", "#4fc3cf"], dense: ["#2f8557", "#66c08f"], experts: ["#b3662a", "#e59a5c"], embedding: ["#8a5a9c", "#c795dc"],
  tp: ["#a8447f", "#e58bc0"], ep: ["#b3662a", "#e59a5c"], pp: ["#2f8557", "#66c08f"], dp: ["#8a5a9c", "#c795dc"], cp: ["#0e7f8a", "#4fc3cf"],
  device: ["#77797f", "#a5a8af"],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

export type Colour = keyof typeof fills;

/** What is no fill: text, quieter text, axes and grids, the page below, the limit that bars are held against, what is over it. */
const inks = {
  text: ["#1f2328", "#e6e6e6"], muted: ["#59616b", "#a8adb4"], line: ["#d5d9de", "#42464d"], surface: ["#ffffff", "#1b1d21"], limit: ["#1f2328", "#e6e6e6"], over: ["#b3261e", "#ff8a80"],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `--dsco-weight-gradient` */
const propertyOf = (name: string): string => `--dsco-${kebab(name)}`;

/** The custom properties that pictures read: who shows pictures sets them all. */
export const colourProperties: readonly string[] = [...Object.keys(inks), ...Object.keys(fills)].map(propertyOf);

/** Textures in a tile of 8 x 8, so that what lies side by side is told apart without colour. */
const textures = {
  rising: "M-1 1L1 -1M0 8L8 0M7 9L9 7", falling: "M-1 7L1 9M0 0L8 8M7 -1L9 1", level: "M0 2H8M0 6H8", upright: "M2 0V8M6 0V8", dots: "M1.5 2h1M5.5 6h1", crossed: "M0 4H8M4 0V8", sparse: "M3.5 4h1", wide: "M0 4H8",
} as const;

export const patterns: Partial<Readonly<Record<Colour, string>>> = {
  gradients: textures.rising, optimizer: textures.dots, activations: textures.falling, cache: textures.level, buffers: textures.upright, reserve: textures.crossed,
  backward: textures.rising, backward2: textures.rising, forward2: textures.dots, weightGradient: textures.level,
  compute: textures.wide, exposed: textures.rising, hidden: textures.dots, bubble: textures.sparse,
  mixer: textures.level, dense: textures.dots, experts: textures.rising, embedding: textures.upright,
  tp: textures.falling, ep: textures.rising, pp: textures.dots, dp: textures.level, cp: textures.crossed,
};

/** The classes of pictures. */
export const pictureStyles = `
.picture { display: block; font-family: inherit; font-size: 12px; font-variant-numeric: tabular-nums; overflow: visible; }
.picture text { fill: var(--dsco-text); }
.picture .muted { fill: var(--dsco-muted); }
.picture .small { font-size: 11px; }
.picture .strong { font-weight: 600; }
.picture .over { fill: var(--dsco-over); }
.picture .halo { paint-order: stroke; stroke: var(--dsco-surface); stroke-width: 4px; stroke-linejoin: round; }
.picture .inside { paint-order: stroke; stroke: var(--dsco-surface); stroke-width: 2.5px; stroke-linejoin: round; font-size: 11px; }
.picture .grid { stroke: var(--dsco-line); }
.picture .axis { stroke: var(--dsco-muted); fill: none; }
.picture .limit { stroke: var(--dsco-limit); stroke-width: 1.5px; }
.picture .usable { stroke: var(--dsco-limit); stroke-dasharray: 4 3; }
.picture .edge { stroke-width: 1px; }
.picture .tint { fill-opacity: .26; }
.picture .tint.c-bubble { fill-opacity: .08; }
.picture .edge.c-bubble { stroke-opacity: .35; }
.picture .texture { fill: none; stroke-opacity: .45; stroke-width: 1px; }
.picture .paper { fill: var(--dsco-surface); }
.picture .hit { fill: transparent; }
.picture .mark:focus-visible { outline: 2px solid var(--dsco-limit); outline-offset: 1px; }
.picture [data-place] { cursor: pointer; }
${Object.keys(fills).map((name) => `.picture .tint.c-${name} { fill: var(${propertyOf(name)}); }\n.picture .edge.c-${name}, .picture .texture.c-${name} { stroke: var(${propertyOf(name)}); }`).join("\n")}
`;

const declarations = (column: 0 | 1): string => Object.entries({ ...inks, ...fills }).map(([name, values]) => `${propertyOf(name)}: ${values[column]};`).join(" ");

/** Values of the colours for pages of their own: light, dark, and the system's where it forces them. */
export const pageColours = `
:root { ${declarations(0)} }
@media (prefers-color-scheme: dark) { :root { ${declarations(1)} } }
@media (forced-colors: active) {
  :root { ${Object.keys(fills).map((name) => `${propertyOf(name)}: CanvasText;`).join(" ")} --dsco-text: CanvasText; --dsco-muted: CanvasText; --dsco-line: GrayText; --dsco-surface: Canvas; --dsco-limit: CanvasText; --dsco-over: CanvasText; }
  .picture .grid { stroke-opacity: .4; }
}
`;
