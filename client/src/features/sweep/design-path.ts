import { l10n } from "vscode";
import type { DesignParams } from "../../../../server/src/lsp/protocol";
import type { PageAddress } from "../../infrastructure/pages";

/** The path names the tab (`Design 12 against ServeV3`); the query says of which run it is. */
export const designPath = (plan: string, { run, design }: DesignParams): PageAddress =>
  ({ path: `/${l10n.t("Design {0} against {1}", design, plan)}.md`, query: JSON.stringify({ run, design }) });

/** What a page is about; `undefined` for an address that `designPath` did not make. */
export function designOf({ query }: Pick<PageAddress, "query">): DesignParams | undefined {
  try {
    const value: unknown = JSON.parse(query);
    const isDesign = typeof value === "object" && value !== null && "run" in value && typeof value.run === "string" && "design" in value && typeof value.design === "number";
    return isDesign ? { run: value.run, design: value.design } as DesignParams : undefined;
  } catch {
    return undefined;
  }
}
