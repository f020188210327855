import { l10n } from "vscode";
import type { CompareParams, DeclarationName } from "../../../../server/src/lsp/protocol";
import { isDeclarationName } from "../../infrastructure/declaration-name";
import type { PageAddress } from "../../infrastructure/pages";

/** The path names the tab (`DeepSeekV3 against KimiK2`); the query says the rest. */
export function comparisonPath({ left, right }: CompareParams): PageAddress {
  return { path: `/${l10n.t("{0} against {1}", left.declaration, right.declaration)}.md`, query: JSON.stringify({ left: nameOf(left), right: nameOf(right) }) };
}

/** What a comparison's URI is about; undefined for a URI that `comparisonPath` did not make. */
export function comparisonOf({ query }: Pick<PageAddress, "query">): CompareParams | undefined {
  try {
    const value: unknown = JSON.parse(query);
    return isCompareParams(value) ? { left: nameOf(value.left), right: nameOf(value.right) } : undefined;
  } catch {
    return undefined;
  }
}

const nameOf = ({ uri, declaration }: DeclarationName): DeclarationName => ({ uri, declaration });

const isCompareParams = (value: unknown): value is CompareParams =>
  typeof value === "object" && value !== null && "left" in value && isDeclarationName(value.left) && "right" in value && isDeclarationName(value.right);
