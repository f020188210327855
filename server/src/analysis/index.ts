/** Core and cost joined: records of declarations, figures, explanations. */
import { createWorkspace, type LoadSource, type Workspace } from "../core";
import { metricLookup } from "./figures";
import { standardNames } from "./standard-library";

export * from "./compare";
export * from "./conditions";
export * from "./confidence";
export * from "./figures";
export * from "./figure-text";
export * from "./key-figures";
export * from "./layers";
export { formatLayers, summarizeLayers } from "../cost/term";
export { computedKinds } from "./kinds";
export { hardwareResult } from "./hardware-record";
export { modelResult } from "./model-record";
export { planResult, recomputeOf } from "./plan-record";
export { serviceResult } from "./service-record";
export * from "./plans";
export type { RecordBlocks } from "./records";
export { valueText, writtenNumber } from "./value-text";
export { isShare, metricDimension, metricIds, metricUnit, scaleOfUnit } from "./metric-table";

/** A workspace whose expressions can use metrics; `previous` is the one before an edit. */
export const openWorkspace = (load: LoadSource, previous?: Workspace): Workspace => createWorkspace(load, metricLookup, previous, standardNames);
export { loadStandard, standardDeclarations, standardNames } from "./standard-library";
