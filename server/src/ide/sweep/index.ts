export { applyDesign, type AppliedDesign } from "./apply";
export { compareDesign, designOptions, type DesignOptions } from "./design";
export { sweepColumns, type SweepAxis, type SweepObjective } from "./columns";
export { findSweep } from "./find";
export { sweepLenses, type SweepLens } from "./lens";
