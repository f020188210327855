import { pageColours, pictureStyles } from "./colours";

const type = "font-family: system-ui, sans-serif; background: var(--dsco-surface);";

/** A picture as a file of its own: with its styles, and its colours light or dark as the reader has it. */
export const standaloneSvg = (svg: string): string => svg.replace(/^<svg[^>]*>/, (opening) => `${opening}<style>${pageColours}${pictureStyles}svg.picture { ${type} }</style>`);
