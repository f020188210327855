import type { BlockDeclaration, LetDeclaration } from "../../../grammar/src";
import type { FileScope } from "./bound";
import { namesIn } from "./names-in";

/** A name of its file that a declaration uses. */
export interface NameFrom {
  /** As the file says it. */
  readonly name: string;
  /** As the file that declares it says it: another word behind `import { declared as name }`. */
  readonly declared: string;
  /** The address of the file that declares it; `undefined` where an import leads nowhere. */
  readonly uri: string | undefined;
}

/** What a declaration takes from its file and from those that it imports: what a copy of its text elsewhere must import. */
export function namesFrom(scope: FileScope, node: LetDeclaration | BlockDeclaration): readonly NameFrom[] {
  return [...namesIn(node)].flatMap((name): readonly NameFrom[] => {
    const symbol = scope.symbols.get(name);
    if (!symbol) return [];
    return [symbol.kind === "imported" ? { name, declared: symbol.node.name.text, uri: symbol.from.uri } : { name, declared: name, uri: scope.uri }];
  });
}
