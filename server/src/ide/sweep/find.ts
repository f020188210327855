import { fileScope, ownDeclaration, type BoundDeclaration, type Workspace } from "../../core";

/** The sweep of a file that has a name. */
export function findSweep(workspace: Workspace, uri: string, name: string): BoundDeclaration | undefined {
  const scope = fileScope(workspace, uri);
  const bound = scope && ownDeclaration(workspace, scope, name);
  return bound?.keyword === "sweep" ? bound : undefined;
}
