import { isComparable } from "../analysis";
import { declarationNamed, fileScope, type BoundDeclaration, type Workspace } from "../core";
import { comparableDeclarations, compareMarkdown } from "../ide";
import { lineLink } from "./line-link";
import { invalidParams, isRecord } from "./params";
import type { ComparableDeclaration, CompareParams, DeclarationName, DscoRequests } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";
import { toInternal } from "./uris";

/** What can be compared, and two declarations beside each other. */
export function registerCompareRequests(session: Session): void {
  const { connection } = session;

  const comparable = guarded<DscoRequests["dsco/comparable"]["params"], readonly ComparableDeclaration[]>(
    session, "what can be compared", ({ uri }) => uri, async (_, { uri, workspace }) => {
      const files = await session.state.everyFile();
      return comparableDeclarations(workspace, uri, files).map(({ uri: address, name, kind, summary, range }) => ({
        uri: editorUri(session, address), declaration: name, kind, summary, range,
      }));
    });
  connection.onRequest("dsco/comparable", comparable);

  const compare = guarded<CompareParams, DscoRequests["dsco/compare"]["result"]>(
    session, "a comparison", leftDocument, async (params, { workspace }) => {
      const [left, right] = [declarationOf(workspace, params.left), declarationOf(workspace, params.right)];
      if (!left || !right || left.keyword !== right.keyword || !isComparable(left.keyword)) return null;
      const settings = await session.settings().of(params.left.uri);
      return {
        markdown: compareMarkdown(workspace, left, right, {
          ...figureOptions(settings), linkTo: lineLink(session), contextOption: "the setting `dsco.contextLength`",
        }),
      };
    });
  connection.onRequest("dsco/compare", compare);
}

/** The document of the left side. Throws for parameters that do not name two declarations. */
function leftDocument({ left, right }: CompareParams): string {
  if (![left, right].every(isName)) throw invalidParams("no two declarations");
  return left.uri;
}

const isName = (value: unknown): boolean => isRecord(value) && typeof value["uri"] === "string" && typeof value["declaration"] === "string";

/** A declaration of a document, or one that it imports. */
function declarationOf(workspace: Workspace, { uri, declaration }: DeclarationName): BoundDeclaration | undefined {
  const scope = fileScope(workspace, toInternal(uri));
  return scope && declarationNamed(workspace, scope, declaration);
}
