export { hover } from "./hover";
export type { HoverOptions } from "./asked";
