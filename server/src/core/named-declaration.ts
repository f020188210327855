import { bindDeclaration } from "./bind";
import type { BoundDeclaration, FileScope } from "./bound";
import { fileScope, resolveSymbol, type Workspace } from "./workspace";

/** The declaration that a name means in a file: one of its own, or one that it imports. */
export function declarationNamed(workspace: Workspace, scope: FileScope, name: string): BoundDeclaration | undefined {
  const symbol = resolveSymbol(workspace, scope, name);
  const home = symbol?.kind === "declaration" ? fileScope(workspace, symbol.uri) : undefined;
  return symbol?.kind === "declaration" && home ? bindDeclaration(workspace, symbol.node, home) : undefined;
}

/** The declaration of a file itself that has a name; of two with one name the first. */
export function ownDeclaration(workspace: Workspace, scope: FileScope, name: string): BoundDeclaration | undefined {
  const symbol = scope.symbols.get(name);
  return symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
}
