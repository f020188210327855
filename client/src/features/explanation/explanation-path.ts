import type { ExplainParams } from "../../../../server/src/lsp/protocol";

/** The path names the tab (`DeepSeekV3.kv_bytes_per_token`); the query says the rest. */
export function explanationPath(params: ExplainParams): { readonly path: string; readonly query: string } {
  return { path: `/${params.declaration}.${params.metric}.md`, query: JSON.stringify(params) };
}

/** The figure that an explanation's URI is about; undefined for a URI that `explanationPath` did not make. */
export function explanationOf(uri: { readonly query: string }): ExplainParams | undefined {
  try {
    const value: unknown = JSON.parse(uri.query);
    return isExplainParams(value) ? { uri: value.uri, declaration: value.declaration, metric: value.metric } : undefined;
  } catch {
    return undefined;
  }
}

function isExplainParams(value: unknown): value is ExplainParams {
  return (
    typeof value === "object" && value !== null &&
    "uri" in value && typeof value.uri === "string" &&
    "declaration" in value && typeof value.declaration === "string" &&
    "metric" in value && typeof value.metric === "string"
  );
}
