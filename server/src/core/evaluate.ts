import type {
  BinaryExpression, CallExpression, Expression, Identifier, NameExpression, NumberLiteral, Span,
} from "../../../grammar/src";
import { parse } from "../../../grammar/src";
import {
  describeDimension, dimensions, divideDimensions, formatGrouped, formatPercent, isPlain, magnitudes, multiplyDimensions, raiseDimension,
  sameDimension, units, type Dimension,
} from "../units";
import { bindDeclaration, notImported, replaceFix, unknownDeclaration } from "./bind";
import type { BoundBlock, BoundDeclaration, FileScope, LetSymbol, PropertyValue } from "./bound";
import { names, values, type Diagnostic, type FixCandidate } from "./diagnostics";
import { blocksNamed, findMember, findName, findSymbol, isWordAnywhere, wordsOf, type Reference } from "./reference";
import { describeType, type LayerRange, type PropertySpec, type PropertyType } from "./schema";
import { didYouMean, nearest } from "./suggest";
import { suggestMagnitude, suggestUnit, withPrefix } from "./unit-suggestions";
import { describeValue, plainNumber, type Value } from "./values";
import { fileScope, inProgress, memoized, overrideOf, type Workspace } from "./workspace";

/** Where an expression stands: which names it sees. */
export interface Scope {
  readonly workspace: Workspace;
  /** The file the expression is written in. */
  readonly file: FileScope;
  /** The innermost block around it; `undefined` in a `let`. */
  readonly block: BoundBlock | undefined;
  /** The key whose value it is, which it does not see itself. */
  readonly key: string | undefined;
  /** In `require` and `where`: the declaration whose metrics are names too. */
  readonly metricsOf: BoundDeclaration | undefined;
  readonly problems: Diagnostic[];
  /** Takes the properties whose values entered, where someone asks. */
  readonly reads?: PropertyValue[];
  /** Takes the metrics whose values entered. */
  readonly metrics?: string[];
  /** Takes the places where metrics of `metricsOf` are named. */
  readonly metricNames?: Identifier[];
}

/** Names between a question and its answer: a longer chain is an error, not a stack overflow. */
const longestChain = 500;

/** The value of an expression; `undefined` where a problem (reported or known elsewhere) leaves none. */
export function evaluate(expression: Expression, scope: Scope): Value | undefined {
  switch (expression.kind) {
    case "number": return evaluateNumber(expression, scope);
    case "string": return { kind: "text", value: expression.value };
    case "boolean": return { kind: "boolean", value: expression.value };
    case "name": return evaluateName(expression, scope);
    case "parenthesized": return evaluate(expression.inner, scope);
    case "unary": {
      const operand = numberOf(expression.operand, scope, `\`${expression.operator}\``);
      return operand && (expression.operator === "-" ? { ...operand, value: -operand.value } : operand);
    }
    case "binary": return evaluateBinary(expression, scope);
    case "call": return evaluateCall(expression, scope);
    case "list": {
      const items = expression.items.map((item) => evaluate(item, scope));
      return items.every((item) => item !== undefined) ? { kind: "list", items } : undefined;
    }
    case "range": {
      const from = numberOf(expression.from, scope, "a range");
      const to = numberOf(expression.to, scope, "a range");
      const step = expression.step ? numberOf(expression.step, scope, "`step`") : plainQuantity(1);
      if (!from || !to || !step) return undefined;
      const problem = rangeProblem(from, to, step);
      if (problem === undefined) return { kind: "range", from: from.value, to: to.value, step: step.value };
      scope.problems.push(values.wrongRange.at(placeOf(scope, expression), { problem }));
      return undefined;
    }
    case "missing": return undefined;
  }
}

type Quantity = Extract<Value, { kind: "quantity" }>;

const plainQuantity = (value: number): Quantity => ({ kind: "quantity", value, dimension: dimensions.none });
const placeOf = (scope: Scope, span: Span) => ({ uri: scope.file.uri, span });

function rangeProblem(from: Quantity, to: Quantity, step: Quantity): string | undefined {
  for (const part of [from, to, step]) {
    if (!isPlain(part.dimension)) return `a range counts in plain numbers: found ${describeDimension(part.dimension)}`;
    if (!Number.isInteger(part.value)) return `a range counts in whole numbers: found ${formatGrouped(part.value)}`;
  }
  if (step.value < 1) return "the step of a range must be at least 1";
  if (from.value > to.value) return `the range ${formatGrouped(from.value)}..${formatGrouped(to.value)} is empty: the first number is the larger one`;
  return undefined;
}

function evaluateNumber(literal: NumberLiteral, scope: Scope): Value | undefined {
  if (literal.unit !== undefined && !literal.unitKnown) {
    scope.problems.push(unknownUnit(literal, scope));
    return undefined;
  }
  if (!Number.isFinite(literal.value)) return undefined; // the grammar has said so
  const unit = literal.unit === undefined ? undefined : units.get(literal.unit);
  const magnitude = literal.suffix === undefined ? 1 : magnitudes[literal.suffix];
  const scaled = literal.suffix === "%" ? literal.value / 100 : exactProduct(literal.value, magnitude);
  return finite({ kind: "quantity", value: unit ? exactProduct(scaled, unit.scale) : scaled, dimension: unit?.dimension ?? dimensions.none }, literal, scope, "this number");
}

/** `14.8T` is 14,800,000,000,000 although 14.8 x 1e12 in doubles may be off by one in the last place. */
function exactProduct(value: number, magnitude: number): number {
  const product = value * magnitude;
  const nearestWhole = Math.round(product);
  return Math.abs(product - nearestWhole) <= Math.abs(product) * 2 ** -51 ? nearestWhole : product;
}

/** `span`: of the unit as the author wrote it, `text`. */
function unknownUnit(literal: NumberLiteral, scope: Scope, span: Span = literal.unitSpan ?? literal, text = literal.unit ?? ""): Diagnostic {
  const type = scope.key === undefined ? undefined : scope.block?.schema?.properties.get(scope.key)?.type;
  const unitType = type?.kind === "quantity" ? type : undefined;
  const magnitude = unitType || literal.suffix !== undefined ? undefined : suggestMagnitude(text);
  if (magnitude !== undefined) {
    const written = `${literal.digits}${magnitude}`;
    const hint = magnitude === text ? `: a magnitude touches its number, \`${written}\`` : didYouMean(written);
    return values.unknownUnit.at(placeOf(scope, span), { unit: text, suggestion: undefined, hint }, {
      fixes: () => [{ title: `Write \`${written}\``, edits: [{ start: literal.start, end: span.end, newText: written }], preferred: true }],
    });
  }
  const suggestion = suggestUnit(text, unitType);
  const gap = suggestion !== undefined && span.start === literal.start + literal.digits.length ? " " : "";
  return values.unknownUnit.at(placeOf(scope, span), { unit: text, suggestion }, suggestion === undefined ? {} : {
    fixes: () => [{ title: `Replace by \`${suggestion}\``, edits: [{ start: span.start, end: span.end, newText: `${gap}${suggestion}` }], preferred: true }],
  });
}

/** `400 Gb/s`, `2 USD/hour`: a quotient whose divisor is no name, written without spaces, was meant as a unit. */
function slashedUnit(node: BinaryExpression | undefined, scope: Scope): Diagnostic | undefined {
  if (!node || node.operator !== "/" || node.left.kind !== "number" || node.right.kind !== "name" || node.right.parts.length !== 1) return undefined;
  const { left: literal, operatorSpan, right } = node;
  const [name] = right.parts;
  if (!name || literal.unit === undefined || !literal.unitSpan || literal.end !== operatorSpan.start || operatorSpan.end !== right.start) return undefined;
  if (findName(name.text, scope)) return undefined;
  return unknownUnit(literal, scope, { start: literal.unitSpan.start, end: right.end }, `${literal.unit}/${name.text}`);
}

function finite(quantity: Quantity, span: Span, scope: Scope, what: string): Quantity | undefined {
  if (Number.isFinite(quantity.value)) return quantity;
  const problem = Number.isNaN(quantity.value) ? "is not a real number" : "is beyond what a number can hold";
  scope.problems.push(values.notFinite.at(placeOf(scope, span), { what, problem }));
  return undefined;
}

function numberOf(expression: Expression, scope: Scope, what: string): Quantity | undefined {
  const value = evaluate(expression, scope);
  if (value === undefined || value.kind === "quantity") return value;
  scope.problems.push(values.needsNumber.at(placeOf(scope, expression), { what, found: describeValue(value) }));
  return undefined;
}

/** Operators of one level lean to the left, in chains of any length: walked in a loop, not by recursion. */
function evaluateBinary(expression: BinaryExpression, scope: Scope): Value | undefined {
  const spine: BinaryExpression[] = [];
  let first: Expression = expression;
  while (first.kind === "binary") {
    spine.push(first);
    first = first.left;
  }
  const misspelt = slashedUnit(spine[spine.length - 1], scope);
  if (misspelt) {
    scope.problems.push(misspelt);
    return undefined;
  }
  let left = numberOf(first, scope, spine.length > 0 ? `\`${spine[spine.length - 1]?.operator}\`` : "arithmetic");
  for (const node of spine.reverse()) {
    const right = numberOf(node.right, scope, `\`${node.operator}\``);
    left = left && right ? applyOperator(node, left, right, scope) : undefined;
  }
  return left;
}

function applyOperator(node: BinaryExpression, left: Quantity, right: Quantity, scope: Scope): Quantity | undefined {
  const { operator } = node;
  const result = (value: number, dimension: Dimension) => finite({ kind: "quantity", value, dimension }, node, scope, "this result");
  switch (operator) {
    case "*": return result(left.value * right.value, multiplyDimensions(left.dimension, right.dimension));
    case "/":
      if (right.value === 0) return divisionByZero(node, scope);
      return result(left.value / right.value, divideDimensions(left.dimension, right.dimension));
    case "^": {
      if (!isPlain(right.dimension)) {
        scope.problems.push(values.needsNumber.at(placeOf(scope, node.right), { what: "the exponent of `^`", found: describeDimension(right.dimension) }));
        return undefined;
      }
      if (!isPlain(left.dimension) && !Number.isInteger(2 * right.value)) {
        scope.problems.push(values.needsNumber.at(placeOf(scope, node.right), { what: "the exponent of a quantity", found: `${formatGrouped(right.value)}, which is neither whole nor a half` }));
        return undefined;
      }
      return result(left.value ** right.value, raiseDimension(left.dimension, right.value));
    }
    case "+": case "-": case "%": {
      if (!sameDimension(left.dimension, right.dimension)) {
        scope.problems.push(values.mixedDimensions.at(placeOf(scope, node), { operator, left: describeDimension(left.dimension), right: describeDimension(right.dimension) }));
        return undefined;
      }
      if (operator === "%" && right.value === 0) return divisionByZero(node, scope);
      const value = operator === "+" ? left.value + right.value : operator === "-" ? left.value - right.value : modulo(left.value, right.value);
      return result(value, left.dimension);
    }
  }
}

/** The remainder with the sign of the divisor: `-7 % 3` is 2. */
export function modulo(dividend: number, divisor: number): number {
  const remainder = dividend % divisor;
  return remainder !== 0 && remainder < 0 !== divisor < 0 ? remainder + divisor : remainder;
}

function divisionByZero(node: BinaryExpression, scope: Scope): undefined {
  scope.problems.push(values.divisionByZero.at(placeOf(scope, node.right), {}));
  return undefined;
}

/** Of one number. */
export const functions: Readonly<Record<string, (value: number) => number>> = {
  ceil: Math.ceil, floor: Math.floor, round: Math.round, sqrt: Math.sqrt, log2: Math.log2,
};

/** Every function of the language, for completion and the reference. */
export const functionNames: readonly string[] = ["min", "max", ...Object.keys(functions)];

function evaluateCall(call: CallExpression, scope: Scope): Value | undefined {
  const name = call.callee.text;
  if (!functionNames.includes(name)) {
    const suggestion = nearest(name, functionNames);
    scope.problems.push(values.unknownFunction.at(placeOf(scope, call.callee), { name, suggestion }, replaceFix(call.callee, suggestion)));
    return undefined;
  }
  const variadic = name === "min" || name === "max";
  if (variadic ? call.arguments.length === 0 : call.arguments.length !== 1) {
    scope.problems.push(values.wrongArguments.at(placeOf(scope, call), { name, expected: variadic ? "one or more arguments" : "one argument", found: call.arguments.length }));
    return undefined;
  }
  const quantities: Quantity[] = [];
  for (const argument of call.arguments) {
    const value = numberOf(argument, scope, `\`${name}\``);
    if (!value) return undefined;
    quantities.push(value);
  }
  const [first] = quantities;
  if (!first) return undefined;
  if (variadic) {
    const other = quantities.find((value) => !sameDimension(value.dimension, first.dimension));
    if (other) {
      scope.problems.push(values.mixedDimensions.at(placeOf(scope, call), { operator: name, left: describeDimension(first.dimension), right: describeDimension(other.dimension) }));
      return undefined;
    }
    const pick = name === "min" ? Math.min : Math.max;
    return { ...first, value: quantities.reduce((best, value) => pick(best, value.value), first.value) };
  }
  if (name !== "sqrt" && !isPlain(first.dimension)) {
    // whole GB are not whole bytes: the unit to round in must be named
    scope.problems.push(values.needsNumber.at(placeOf(scope, call), { what: `\`${name}\``, found: `${describeDimension(first.dimension)}; divide by a unit first` }));
    return undefined;
  }
  if (name === "log2" && first.value === 0) {
    scope.problems.push(values.notFinite.at(placeOf(scope, call), { what: "the logarithm of zero", problem: "is no number" }));
    return undefined;
  }
  const apply = functions[name];
  const dimension = name === "sqrt" ? raiseDimension(first.dimension, 0.5) : first.dimension;
  return apply && finite({ kind: "quantity", value: apply(first.value), dimension }, call, scope, "this result");
}

function evaluateName(expression: NameExpression, scope: Scope): Value | undefined {
  const { cache } = scope.workspace;
  const [first, ...rest] = expression.parts;
  if (!first) return undefined;
  if (cache.depth >= longestChain) {
    cache.metLimit = true;
    scope.problems.push(values.tooDeep.at(placeOf(scope, expression), {}));
    return undefined;
  }
  cache.depth += 1;
  try {
    let value = resolveFirst(first, scope);
    let owner = first.text;
    for (const part of rest) {
      if (value === undefined) return undefined;
      value = resolveMember(value, owner, part, scope);
      owner = `${owner}.${part.text}`;
    }
    return value;
  } finally {
    cache.depth -= 1;
  }
}

/**
 * What one part of a name stands for; `undefined` where it is not known. `type` is that of the property whose whole
 * value the name is.
 */
export function referenceAt(expression: NameExpression, index: number, scope: Scope, type?: PropertyType): Reference | undefined {
  const [first] = expression.parts;
  const part = expression.parts[index];
  if (!first || !part) return undefined;
  if (index === 0) {
    const isWhole = type !== undefined && expression.parts.length === 1;
    if (isWhole && wordsOf(type).includes(first.text)) return { kind: "word", word: first.text };
    return isWhole && type.kind === "reference" ? findSymbol(first.text, scope) : findName(first.text, scope);
  }
  const owner = evaluateName({ ...expression, parts: expression.parts.slice(0, index) }, { ...scope, problems: [] });
  return owner && findMember(scope.workspace, owner, part.text);
}

function circular(name: Identifier, scope: Scope): undefined {
  scope.problems.push(names.circularValue.at(placeOf(scope, name), { name: name.text }));
  return undefined;
}

function resolveFirst(name: Identifier, scope: Scope): Value | undefined {
  const reference = findName(name.text, scope);
  if (reference) return valueOf(reference, name, scope);
  if (!scope.file.symbols.has(name.text)) scope.problems.push(unknownName(name, scope)); // else its import has failed and says why
  return undefined;
}

/** The value behind a name, or the reason why it has none as a problem at the name. */
function valueOf(reference: Reference, name: Identifier, scope: Scope): Value | undefined {
  const { workspace } = scope;
  switch (reference.kind) {
    case "property": {
      const found = propertyValue(workspace, reference.block, reference.key);
      if (found === inProgress) return circular(name, scope);
      scope.reads?.push(found);
      return found.value;
    }
    case "block": return { kind: "block", block: reference.block };
    case "declaration": {
      const { symbol } = reference;
      const target = fileScope(workspace, symbol.uri);
      const declaration = target && bindDeclaration(workspace, symbol.node, target);
      return declaration ? { kind: "declaration", declaration } : circular(name, scope);
    }
    case "let": return evaluateLet(reference.symbol, name, scope);
    case "metric": return metricValue(reference.declaration, name, scope);
    case "word": return { kind: "word", word: reference.word };
  }
}

function unknownName(name: Identifier, scope: Scope): Diagnostic {
  if (name.text === scope.key) return names.circularValue.at(placeOf(scope, name), { name: name.text });
  const candidates: string[] = [...scope.file.symbols.keys()];
  for (let block = scope.block; block; block = block.parent) {
    for (const key of block.properties.keys()) candidates.push(key);
    if (block.schema?.properties.has(name.text)) {
      return names.unknownName.at(placeOf(scope, name), { name: name.text, suggestion: undefined, hint: `: \`${block.keyword}\` could have it, but it is not written` });
    }
  }
  const offered = notImported(scope.workspace, scope.file, name);
  if (offered) return offered;
  if (scope.metricsOf) candidates.push(...scope.workspace.metrics.ids(scope.metricsOf.keyword));
  const suggestion = nearest(name.text, candidates.filter((candidate) => candidate !== scope.key));
  return names.unknownName.at(placeOf(scope, name), { name: name.text, suggestion }, replaceFix(name, suggestion));
}

function resolveMember(value: Value, owner: string, part: Identifier, scope: Scope): Value | undefined {
  const reference = findMember(scope.workspace, value, part.text);
  if (reference) return valueOf(reference, part, scope);
  const several = value.kind === "declaration" ? blocksNamed(value.declaration.block, part.text) : [];
  if (several.length === 0) return unknownMember(owner, part, membersOf(value, scope.workspace), scope);
  const kinds = several.map((block) => block.variant ?? block.keyword);
  scope.problems.push(names.severalBlocks.at(placeOf(scope, part), { owner, name: part.text, kinds }));
  return undefined;
}

function membersOf(value: Value, workspace: Workspace): readonly string[] {
  if (value.kind === "block") return [...(value.block.schema?.properties.keys() ?? [])];
  if (value.kind !== "declaration") return [];
  const { declaration } = value;
  return [...(declaration.block.schema?.properties.keys() ?? []), ...workspace.metrics.ids(declaration.keyword)];
}

function unknownMember(owner: string, part: Identifier, candidates: Iterable<string>, scope: Scope): undefined {
  const suggestion = nearest(part.text, [...candidates].filter((candidate) => candidate !== part.text));
  scope.problems.push(names.unknownMember.at(placeOf(scope, part), { owner, name: part.text, suggestion }, replaceFix(part, suggestion)));
  return undefined;
}

function metricValue(declaration: BoundDeclaration, name: Identifier, scope: Scope): Value | undefined {
  scope.metrics?.push(name.text);
  if (declaration === scope.metricsOf) scope.metricNames?.push(name);
  const { metrics } = scope.workspace;
  const dimension = metrics.dimension(declaration.keyword, name.text) ?? dimensions.none;
  const figure = memoized(scope.workspace, declaration, `metric ${name.text}`, () => metrics.value(scope.workspace, declaration, name.text));
  if (figure === inProgress) return circular(name, scope);
  if (figure.kind === "value") return { kind: "quantity", value: figure.value, dimension };
  scope.problems.push(names.notComputed.at(placeOf(scope, name), { metric: name.text, reason: figure.reason }));
  return undefined;
}

/** The value of a `let`, computed once; its own problems are reported where it stands. */
function evaluateLet(symbol: LetSymbol, name: Identifier, scope: Scope): Value | undefined {
  const found = letValue(scope.workspace, symbol);
  if (found === inProgress) return circular(name, scope);
  scope.reads?.push(...found.reads);
  scope.metrics?.push(...found.metrics);
  return found.value;
}

export interface LetValue extends Pick<PropertyValue, "reads" | "metrics"> {
  readonly value: Value | undefined;
  readonly problems: readonly Diagnostic[];
}

export function letValue(workspace: Workspace, symbol: LetSymbol): LetValue | typeof inProgress {
  return memoized(workspace, symbol.node, "value", () => {
    const entered = { problems: [] as Diagnostic[], reads: [] as PropertyValue[], metrics: [] as string[] };
    const file = fileScope(workspace, symbol.uri);
    if (!file) return { value: undefined, ...entered };
    const value = evaluate(symbol.node.value, { workspace, file, block: undefined, key: symbol.name.text, metricsOf: undefined, ...entered });
    return { value, ...entered };
  });
}

/** The value of a key of a block: written, inherited, by default, or absent. Computed once. */
export function propertyValue(workspace: Workspace, block: BoundBlock, key: string): PropertyValue | typeof inProgress {
  return memoized(workspace, block, key, () => computeProperty(workspace, block, key));
}

/** As `propertyValue`, for callers outside evaluation, where nothing is in progress. */
export function settledValue(workspace: Workspace, block: BoundBlock, key: string): PropertyValue {
  const found = propertyValue(workspace, block, key);
  if (found !== inProgress) return found;
  return { key, spec: block.schema?.properties.get(key), plain: undefined, value: undefined, origin: "absent", property: undefined, problems: [], reads: [], metrics: [] };
}

function computeProperty(workspace: Workspace, block: BoundBlock, key: string): PropertyValue {
  const spec = block.schema?.properties.get(key);
  const property = block.properties.get(key);
  const reads: PropertyValue[] = [];
  const metrics: string[] = [];
  const override = overrideOf(workspace, block, key);
  if (override && spec) return { key, spec, ...override, origin: "written", property, problems: [], reads, metrics };
  if (property) {
    const problems: Diagnostic[] = [];
    const scope: Scope = { workspace, file: property.file, block, key, metricsOf: undefined, problems, reads, metrics };
    const checked = spec ? checkedValue(property.node.value, spec, scope) : { plain: undefined, value: evaluate(property.node.value, scope) };
    return { key, spec, ...checked, origin: property.inherited ? "inherited" : "written", property, problems, reads, metrics };
  }
  if (!spec?.default) return { key, spec, plain: undefined, value: undefined, origin: "absent", property: undefined, problems: [], reads, metrics };
  const written = spec.default.firstWritten?.find((candidate) => block.properties.has(candidate));
  const scope: Scope = { workspace, file: block.file, block, key, metricsOf: undefined, problems: [], reads, metrics };
  const expression = parseDefault(written ?? spec.default.expression);
  const value = evaluateAs(expression, spec.type, scope);
  const plain = value && plainValue(value, spec.type);
  const valid = plain !== undefined && spec.schema.safeParse(plain).success;
  return { key, spec, plain: valid ? plain : undefined, value, origin: "default", property: undefined, problems: [], reads, metrics };
}

const defaults = new Map<string, Expression>();

/** The expression of a default, parsed once for the life of the process: its text stands in the schema. */
function parseDefault(text: string): Expression {
  const known = defaults.get(text);
  if (known) return known;
  const declaration = parse(`let x = ${text}`).file.declarations[0];
  if (declaration?.kind !== "let") throw new Error(`the default "${text}" is no expression`);
  defaults.set(text, declaration.value);
  return declaration.value;
}

/** A value where a certain type is expected: there, the words of the type are names. */
function evaluateAs(expression: Expression, type: PropertyType, scope: Scope): Value | undefined {
  if (expression.kind === "name" && expression.parts.length === 1) {
    const [name] = expression.parts;
    if (name && wordsOf(type).includes(name.text)) return { kind: "word", word: name.text };
    if (name && type.kind === "reference") return referenceValue(name, type, scope);
    if (name && (type.kind === "word" || type.kind === "boolean") && !isKnown(name, scope)) {
      const suggestion = nearest(name.text, type.kind === "word" ? type.words : ["true", "false"]);
      scope.problems.push(values.wrongType.at(placeOf(scope, name), { key: scope.key ?? "", expected: describeType(type), found: `\`${name.text}\``, suggestion }, replaceFix(name, suggestion)));
      return undefined;
    }
  }
  const meant = expression.kind === "string" ? unquoted(expression.value, type, scope) : undefined;
  if (meant !== undefined) {
    scope.problems.push(values.wrongType.at(placeOf(scope, expression), { key: scope.key ?? "", expected: describeType(type), found: "a text", suggestion: meant }, replaceFix(expression, meant)));
    return undefined;
  }
  return evaluate(expression, scope);
}

/** What a text in quotes means where a word or a name is expected: `"1F1B"`, `"H800"`. */
function unquoted(text: string, type: PropertyType, { file }: Scope): string | undefined {
  if (type.kind === "reference") return file.symbols.has(text) ? text : undefined;
  return text === "" ? undefined : nearest(text, type.kind === "boolean" ? ["true", "false"] : wordsOf(type));
}

function isKnown(name: Identifier, scope: Scope): boolean {
  for (let block = scope.block; block; block = block.parent) {
    if (block.schema?.properties.has(name.text)) return true;
  }
  return scope.file.symbols.has(name.text) || isWordAnywhere(name.text);
}

function referenceValue(name: Identifier, type: Extract<PropertyType, { kind: "reference" }>, scope: Scope): Value | undefined {
  const reference = findSymbol(name.text, scope);
  if (reference) return valueOf(reference, name, scope);
  if (!scope.file.symbols.has(name.text)) scope.problems.push(unknownDeclaration(scope.workspace, scope.file, name, type.to));
  return undefined;
}

interface Converted {
  readonly plain: unknown;
  readonly value: Value | undefined;
}

/** `0-2` between two layers was meant as `0..2`: it is reported and read so. */
function evaluateLayers(expression: Expression, spec: PropertySpec, scope: Scope): Value | undefined {
  if (expression.kind === "list") {
    const items = expression.items.map((item) => evaluateLayers(item, spec, scope));
    return items.every((item) => item !== undefined) ? { kind: "list", items } : undefined;
  }
  if (expression.kind !== "binary" || expression.operator !== "-") return evaluateAs(expression, spec.type, scope);
  const { left, right } = expression;
  if (left.kind !== "number" || right.kind !== "number" || left.value >= right.value) return evaluate(expression, scope);
  const silent = { ...scope, problems: [] };
  const [from, to] = [evaluate(left, silent), evaluate(right, silent)];
  if (from?.kind !== "quantity" || to?.kind !== "quantity" || rangeProblem(from, to, plainQuantity(1)) !== undefined) return evaluate(expression, scope);
  const meant = `${left.digits}${left.suffix ?? ""}..${right.digits}${right.suffix ?? ""}`;
  scope.problems.push(values.wrongType.at(placeOf(scope, expression), {
    key: spec.key, expected: describeType(spec.type), found: "a subtraction", suggestion: meant,
  }, replaceFix(expression, meant)));
  return { kind: "range", from: from.value, to: to.value, step: 1 };
}

/** The value of an expression checked against its key: type, unit, range. What fails is reported once, at the value. */
export function checkedValue(expression: Expression, spec: PropertySpec, scope: Scope): Converted {
  const value = spec.type.kind === "layers" ? evaluateLayers(expression, spec, scope) : evaluateAs(expression, spec.type, scope);
  if (value === undefined) return { plain: undefined, value };
  const place = placeOf(scope, expression);
  const plain = plainValue(value, spec.type);
  if (plain === undefined) {
    scope.problems.push(mismatch(value, spec, expression, scope));
    return { plain: undefined, value: undefined };
  }
  const checked = spec.schema.safeParse(plain);
  if (!checked.success) {
    const problem = checked.error.issues[0]?.message ?? "has a value that cannot be";
    const found = value.kind === "quantity" && isPlain(value.dimension) ? `: found ${spec.type.kind === "fraction" ? formatPercent(value.value) : formatGrouped(value.value)}` : "";
    scope.problems.push(values.outOfRange.at(place, { key: spec.key, problem: `${problem}${found}` }));
    return { plain: undefined, value: undefined };
  }
  const normal = spec.type.kind === "token-count" && typeof plain === "number" ? plainNumber(plain) : value;
  return { plain, value: normal };
}

/** The plain value that the schema of a type checks; `undefined` where the type does not fit. */
function plainValue(value: Value, type: PropertyType): unknown {
  switch (type.kind) {
    case "number": case "fraction":
      return value.kind === "quantity" && isPlain(value.dimension) ? value.value : undefined;
    case "token-count":
      return value.kind === "quantity" && (isPlain(value.dimension) || sameDimension(value.dimension, dimensions.tokens)) ? value.value : undefined;
    case "quantity":
      return value.kind === "quantity" && sameDimension(value.dimension, type.dimension) ? value.value : undefined;
    case "boolean":
      return value.kind === "boolean" ? value.value : undefined;
    case "word": {
      const word = value.kind === "word" ? value.word : value.kind === "boolean" ? String(value.value) : undefined;
      return word !== undefined && type.words.includes(word) ? word : undefined;
    }
    case "number-or-auto":
      if (value.kind === "word") return value.word === "auto" ? "auto" : undefined;
      return value.kind === "quantity" && isPlain(value.dimension) ? value.value : undefined;
    case "numbers": {
      const items = value.kind === "list" ? value.items : [value];
      const numbers = items.flatMap((item) => (item.kind === "quantity" && isPlain(item.dimension) ? [item.value] : []));
      return numbers.length === items.length ? numbers : undefined;
    }
    case "layers": return layerRanges(value);
    case "reference":
      return value.kind === "declaration" && value.declaration.keyword === type.to ? value.declaration.name : undefined;
  }
}

function layerRanges(value: Value): readonly LayerRange[] | undefined {
  const items = value.kind === "list" ? value.items : [value];
  const ranges: LayerRange[] = [];
  for (const item of items) {
    if (item.kind === "range") ranges.push({ from: item.from, to: item.to, step: item.step });
    else if (item.kind === "quantity" && isPlain(item.dimension) && Number.isInteger(item.value)) ranges.push({ from: item.value, to: item.value, step: 1 });
    else return undefined;
  }
  return ranges;
}

/** The layers written in a block; `undefined` where it takes the rest or they are in error. */
export function layerRangesOf(workspace: Workspace, block: BoundBlock): readonly LayerRange[] | undefined {
  return settledValue(workspace, block, "layers").plain as readonly LayerRange[] | undefined;
}

function mismatch(value: Value, spec: PropertySpec, expression: Expression, scope: Scope): Diagnostic {
  const place = placeOf(scope, expression);
  const { key, type } = spec;
  const wantsNumber = type.kind === "number" || type.kind === "token-count" || type.kind === "fraction" || type.kind === "number-or-auto";
  if (value.kind === "quantity" && type.kind === "quantity") {
    const plain = isPlain(value.dimension);
    const found = plain ? formatGrouped(value.value) : describeDimension(value.dimension);
    if (plain && expression.kind === "number" && expression.suffix === "B" && sameDimension(type.dimension, dimensions.bytes)) {
      const text = `${expression.digits} B`;
      return values.wrongDimension.at(place, {
        key, expected: "bytes", found: `the count ${formatGrouped(value.value)}`, hint: `; \`${expression.digits}B\` is a count (billions), \`${text}\` are bytes`,
      }, { fixes: () => [{ title: `Write \`${text}\`: bytes`, edits: [{ start: expression.start, end: expression.end, newText: text }] }] });
    }
    if (plain) return values.missingUnit.at(place, { key, example: type.example, found }, { fixes: () => unitFixes(expression, type) });
    return values.wrongDimension.at(place, { key, expected: describeDimension(type.dimension), found }, { fixes: () => otherUnitFixes(expression, type.dimension) });
  }
  if (value.kind === "quantity" && wantsNumber) {
    const found = describeValue(value);
    if (expression.kind === "number" && expression.unit === "B" && type.kind === "token-count") {
      const count = `${expression.digits}${expression.suffix ?? ""}`;
      const write = (text: string): FixCandidate => ({ title: `Write \`${text}\``, edits: [{ start: expression.start, end: expression.end, newText: text }] });
      return values.wrongDimension.at(place, { key, expected: describeType(type), found: "bytes", hint: `; tokens have no \`B\`: write \`${count}\` or \`${count} tokens\`` }, {
        fixes: () => [{ ...write(count), preferred: true }, write(`${count} tokens`)],
      });
    }
    if (expression.kind === "number" && expression.unit === "B") {
      const text = `${expression.digits}B`;
      return values.wrongDimension.at(place, { key, expected: "a count", found: "bytes", hint: `; \`${expression.digits} B\` are bytes, \`${text}\` is a count (billions)` }, {
        fixes: () => [{ title: `Write \`${text}\`: ${formatGrouped(expression.value * 1e9)}`, edits: [{ start: expression.start, end: expression.end, newText: text }] }],
      });
    }
    return values.wrongDimension.at(place, { key, expected: describeType(type), found });
  }
  const found = value.kind === "boolean" ? `\`${value.value}\`` : describeValue(value);
  return values.wrongType.at(place, { key, expected: describeType(type), found });
}

/** The unit of the wanted dimension that is one letter or `/s` away: `TB/s` for `TB`, `TFLOPS` for `TFLOP`. */
function otherUnitFixes(expression: Expression, dimension: Dimension): readonly FixCandidate[] {
  if (expression.kind !== "number" || expression.unit === undefined || !expression.unitSpan) return [];
  const { unit, unitSpan, digits, suffix } = expression;
  const near = [`${unit}/s`, unit.replace(/\/s$/, ""), `${unit}S`, unit.replace(/S$/, ""), `${unit}/h`, unit.replace(/\/h$/, "")];
  return near
    .filter((candidate) => sameDimension(units.get(candidate)?.dimension ?? dimensions.none, dimension))
    .map((candidate) => ({ title: `Write \`${digits}${suffix ?? ""} ${candidate}\``, edits: [{ start: unitSpan.start, end: unitSpan.end, newText: candidate }], preferred: true }));
}

/** The usual units of a type behind a bare number; a magnitude becomes the prefix of the unit. */
function unitFixes(expression: Expression, type: Extract<PropertyType, { kind: "quantity" }>): readonly FixCandidate[] {
  if (expression.kind !== "number") return [];
  const { digits, suffix, start, end } = expression;
  const write = (unit: string): FixCandidate => ({ title: `Write \`${digits} ${unit}\``, edits: [{ start, end, newText: `${digits} ${unit}` }] });
  if (suffix !== undefined) {
    const unit = withPrefix(suffix, type);
    return unit === undefined ? [] : [write(unit)];
  }
  const usual = type.example.split(" ")[1];
  return [...new Set([...(usual === undefined ? [] : [usual]), ...(alternatives.find(([dimension]) => sameDimension(dimension, type.dimension))?.[1] ?? [])])].map(write);
}

/** Units that are as usual as the one of the example. */
const alternatives: readonly (readonly [Dimension, readonly string[]])[] = [
  [dimensions.bytes, ["GB", "GiB"]], [dimensions.byteRate, ["GB/s", "Gbps", "TB/s"]], [dimensions.time, ["us", "ms", "s", "h"]],
];
