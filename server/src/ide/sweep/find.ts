import { bindDeclaration, fileScope, type BoundDeclaration, type Workspace } from "../../core";

/** The sweep of a file that has a name. */
export function findSweep(workspace: Workspace, uri: string, name: string): BoundDeclaration | undefined {
  const scope = fileScope(workspace, uri);
  const symbol = scope?.symbols.get(name);
  const bound = scope && symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
  return bound?.keyword === "sweep" ? bound : undefined;
}
