import type { Expression } from "../../../grammar/src";
import { describeDimension, sameDimension, type Dimension } from "../units";
import { replaceFix } from "./bind";
import type { BoundAssertion, BoundDeclaration } from "./bound";
import { names, values, type Diagnostic } from "./diagnostics";
import { evaluate, type Scope } from "./evaluate";
import { declarationSchemas } from "./schema";
import { nearest } from "./suggest";
import { describeValue } from "./values";
import type { Workspace } from "./workspace";

/** A `require` or `measured` with both sides in base units; a side is `undefined` where it has no value. */
export interface AssertionResult {
  readonly assertion: BoundAssertion;
  /** The metric, where a metric alone stands on the left. */
  readonly metric: string | undefined;
  readonly dimension: Dimension | undefined;
  readonly left: number | undefined;
  readonly right: number | undefined;
  readonly problems: readonly Diagnostic[];
}

export function evaluateAssertion(workspace: Workspace, declaration: BoundDeclaration, assertion: BoundAssertion): AssertionResult {
  const problems: Diagnostic[] = [];
  const scope: Scope = { workspace, file: assertion.file, block: declaration.block, key: undefined, metricsOf: declaration, problems };
  const compared = assertion.kind === "require"
    ? evaluateComparison(assertion.node.left, assertion.node.operator ?? "require", assertion.node.right, declaration, scope)
    : evaluateComparison(assertion.node.metric, "measured", assertion.node.value, declaration, scope);
  return { assertion, ...compared, problems: compared.isKnown ? reported(declaration, problems) : problems };
}

export interface Comparison extends Pick<AssertionResult, "metric" | "dimension" | "left" | "right"> {
  /** False where the metric on the left is none, or is a text. */
  readonly isKnown: boolean;
}

/** Both sides of a comparison on the metrics of a declaration; what is wrong with them is reported to `scope`. */
export function evaluateComparison(leftExpression: Expression, operator: string, rightExpression: Expression, declaration: BoundDeclaration, scope: Scope): Comparison {
  const { workspace, file, problems } = scope;
  const metric = metricName(leftExpression);
  if (metric !== undefined && unknownMetric(workspace, declaration, metric, leftExpression, scope)) {
    return { isKnown: false, metric: undefined, dimension: undefined, left: undefined, right: undefined };
  }
  const left = quantityOf(leftExpression, scope);
  const right = quantityOf(rightExpression, scope);
  const dimension = left?.dimension ?? (metric === undefined ? undefined : workspace.metrics.dimension(declaration.keyword, metric));
  const isMixed = dimension && right && !sameDimension(dimension, right.dimension);
  if (isMixed) problems.push(values.mixedDimensions.at({ uri: file.uri, span: rightExpression }, { operator, left: describeDimension(dimension), right: describeDimension(right.dimension) }));
  return { isKnown: true, metric, dimension, left: left?.value, right: isMixed ? undefined : right?.value };
}

/** Where no metric of a declaration is computed yet, one message for the file says so, not one a line. */
const reported = (declaration: BoundDeclaration, problems: readonly Diagnostic[]): readonly Diagnostic[] =>
  declarationSchemas[declaration.keyword].computed ? problems : problems.filter((problem) => problem.code !== names.notComputed.entry.code);

const metricName = (expression: Expression): string | undefined =>
  expression.kind === "name" && expression.parts.length === 1 ? expression.parts[0]?.text : undefined;

/** Reports a name that is no metric of the declaration, nor anything else that can be compared. */
function unknownMetric(workspace: Workspace, declaration: BoundDeclaration, metric: string, expression: Expression, scope: Scope): boolean {
  const { metrics } = workspace;
  if (metrics.dimension(declaration.keyword, metric)) return false;
  if (declaration.block.schema?.properties.has(metric) || scope.file.symbols.has(metric)) return false;
  const ids = metrics.ids(declaration.keyword);
  if (ids.includes(metric)) {
    scope.problems.push(values.needsNumber.at({ uri: scope.file.uri, span: expression }, { what: "a comparison", found: `\`${metric}\`, which is a text` }));
    return true;
  }
  const suggestion = nearest(metric, ids);
  scope.problems.push(names.unknownMetric.at({ uri: scope.file.uri, span: expression }, { name: metric, owner: declaration.keyword, suggestion }, replaceFix(expression, suggestion)));
  return true;
}

function quantityOf(expression: Expression, scope: Scope): { readonly value: number; readonly dimension: Dimension } | undefined {
  const value = evaluate(expression, scope);
  if (value === undefined || value.kind === "quantity") return value;
  scope.problems.push(values.needsNumber.at({ uri: scope.file.uri, span: expression }, { what: "a comparison", found: describeValue(value) }));
  return undefined;
}
