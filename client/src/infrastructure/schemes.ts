import type { StandardLibraryScheme } from "../../../server/src/lsp/protocol";

export const standardLibraryScheme: StandardLibraryScheme = "dsco-std";
export const explanationScheme = "dsco-explanation";
export const reportScheme = "dsco-report";
export const comparisonScheme = "dsco-comparison";
export const designScheme = "dsco-design";
