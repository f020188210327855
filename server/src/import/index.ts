/** Configs of other tools as models of the language, and back. */
export { exportConfig, leftOutOfConfigs, type ExportResult } from "./export-config";
export { identifier, importConfig, nameOfPath, type ImportOptions, type ImportResult, type PlacedRemark } from "./import-config";
