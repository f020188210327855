/** Quantities, dimensions, and how figures are read and written. Depends on nothing. */
export * from "./dimension";
export * from "./units";
export * from "./format";
