import { declarationNamed, fileScope, type BoundDeclaration, type Workspace } from "../core";
import { explainMarkdown, explanationTree, type ExplanationTree, type Fact } from "../ide";
import { lineLink } from "./line-link";
import { invalidParams } from "./params";
import type { DscoRequests, ExplainedFact, ExplainedFigure, ExplainParams, StatedFigure } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";

/** Where a figure comes from, as a page and as a tree. */
export function registerExplanationRequests(session: Session): void {
  const { connection } = session;
  const optionsOf = async (uri: string) => figureOptions(await session.settings().of(editorUri(session, uri)));

  connection.onRequest("dsco/explain", guarded<ExplainParams, DscoRequests["dsco/explain"]["result"]>(
    session, "an explanation", ofFigure, async ({ declaration, metric }, { uri, workspace }) => {
      const bound = boundNamed(workspace, uri, declaration);
      const markdown = bound && explainMarkdown(workspace, bound, metric, await optionsOf(uri), lineLink(session));
      return markdown === undefined ? null : { markdown };
    }));

  connection.onRequest("dsco/explanationTree", guarded<StatedFigure, DscoRequests["dsco/explanationTree"]["result"]>(
    session, "an explanation", ofStatedFigure, async ({ declaration, metric, sequenceLength, contextLength }, { uri, workspace }) => {
      const bound = boundNamed(workspace, uri, declaration);
      const usual = await optionsOf(uri);
      const tree = bound && explanationTree(workspace, bound, metric, { sequenceLength: sequenceLength ?? usual.sequenceLength, contextLength: contextLength ?? usual.contextLength });
      return tree ? toExplained(session, tree) : null;
    }));
}

/** A declaration of a document, or one that it imports. */
function boundNamed(workspace: Workspace, uri: string, name: string): BoundDeclaration | undefined {
  const scope = fileScope(workspace, uri);
  return scope && declarationNamed(workspace, scope, name);
}

function toExplained(session: Session, { declaration, title, value, documentation, formula, convention, source, confidence, metrics, parts, facts }: ExplanationTree): ExplainedFigure {
  const { file, node } = declaration;
  const fact = ({ place, facts: behind, ...rest }: Fact): ExplainedFact =>
    ({ ...rest, ...(place ? { to: { uri: editorUri(session, place.uri), place: place.position } } : {}), facts: behind.map(fact) });
  return {
    title, value, documentation, formula, convention, source, confidence: confidence ?? "", parts, facts: facts.map(fact),
    place: { uri: editorUri(session, file.uri), place: file.source.lines.position((node.name ?? node.keywordSpan).start) },
    metrics: metrics.map(({ declaration: owner, metric, title: name, value: text, at: { sequenceLength, contextLength } }) => ({
      title: name, value: text,
      figure: { uri: editorUri(session, owner.file.uri), declaration: owner.name, metric, ...(sequenceLength === undefined ? {} : { sequenceLength }), ...(contextLength === undefined ? {} : { contextLength }) },
    })),
  };
}

/** For `guarded`: the document of a figure. Throws for parameters that name none. */
function ofFigure({ uri, declaration, metric }: ExplainParams): string {
  if (typeof declaration !== "string" || typeof metric !== "string") throw invalidParams("no figure");
  return uri;
}

function ofStatedFigure(params: StatedFigure): string {
  const isLength = (length: unknown) => length === undefined || (typeof length === "number" && Number.isSafeInteger(length) && length > 0);
  if (!isLength(params.sequenceLength) || !isLength(params.contextLength)) throw invalidParams("no length");
  return ofFigure(params);
}
