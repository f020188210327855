/** The values that a line of a sweep lists, each ready to be put in place. */

import type { Expression } from "../../../../grammar/src";
import { formatGrouped, formatShortest, isPlain, numberText } from "../../units";
import { removeItem } from "./removal";
import { sweeps, values } from "../diagnostics";
import { checkedValue, evaluate, type Scope } from "../evaluate";
import { describeType, type PropertySpec } from "../schema";
import { plainNumber, type Value } from "../values";
import type { Override } from "../workspace";

/** One value that a key can take. */
export interface Choice {
  /** As a file would say it: `16`, `1.6 TB/s`, `H800Cluster`. */
  readonly text: string;
  /** For tables and files of results: a number in base units, or a word. */
  readonly plain: number | string;
  readonly override: Override;
}

/** More values of one key than anybody tries. */
const mostChoices = 100_000;

/** The single values that a property of a sweep takes: the items of a list, the ends of a range. */
export function choicesOf(expression: Expression): readonly Expression[] {
  if (expression.kind === "list") return expression.items.flatMap(choicesOf);
  return expression.kind === "range" ? [expression.from, expression.to] : [expression];
}

/** Keys whose value is itself a list or a range: each item of the sweep's list is one of theirs. */
const isWhole = ({ type }: PropertySpec): boolean => type.kind === "layers" || type.kind === "numbers";

/** In the order in which they are written; what is none is reported to `scope` and left out. */
export function readChoices(expression: Expression, spec: PropertySpec, scope: Scope): readonly Choice[] {
  const { file, problems } = scope;
  const place = { uri: file.uri, span: expression };
  const choices: Choice[] = [];
  const written = new Map<Choice["plain"], Expression>();
  const items = expression.kind === "list" ? expression.items : [expression];
  if (items.length === 0) problems.push(values.wrongType.at(place, { key: spec.key, expected: "one value or more", found: "an empty list" }));
  for (const item of items) {
    const found = item.kind === "range" && !isWhole(spec) ? rangeChoices(item, spec, scope) : [singleChoice(item, spec, scope)];
    for (const choice of found) {
      if (!choice) continue;
      const earlier = written.get(choice.plain);
      if (earlier) {
        problems.push(sweeps.valueTwice.at({ uri: file.uri, span: item }, { value: choice.text }, {
          related: [{ uri: file.uri, span: earlier, message: "first written here" }],
          fixes: () => (expression.kind === "list" && item.kind !== "range" ? [{ title: `Remove this \`${choice.text}\``, edits: [removeItem(items, item)], preferred: true }] : []),
        }));
        break;
      }
      written.set(choice.plain, item);
      choices.push(choice);
    }
    if (choices.length > mostChoices) {
      problems.push(sweeps.tooManyValues.at(place, { most: mostChoices }));
      return [];
    }
  }
  return choices;
}

function rangeChoices(item: Expression, spec: PropertySpec, scope: Scope): readonly Choice[] {
  const place = { uri: scope.file.uri, span: item };
  const { kind } = spec.type;
  if (kind !== "number" && kind !== "number-or-auto" && kind !== "token-count" && kind !== "fraction") {
    scope.problems.push(values.wrongType.at(place, { key: spec.key, expected: describeType(spec.type), found: "a range, which counts in plain numbers" }));
    return [];
  }
  const range = evaluate(item, scope);
  if (range?.kind !== "range") return [];
  const { from, to, step } = range;
  const count = Math.floor((to - from) / step) + 1;
  if (count > mostChoices) {
    scope.problems.push(sweeps.tooManyValues.at(place, { most: mostChoices }));
    return [];
  }
  const choices: Choice[] = [];
  for (let index = 0; index < count; index++) {
    const value = from + index * step;
    const checked = spec.schema.safeParse(value);
    if (!checked.success) {
      const problem = `${checked.error.issues[0]?.message ?? "has a value that cannot be"}: found ${formatGrouped(value)}`;
      scope.problems.push(values.outOfRange.at(place, { key: spec.key, problem }));
      return choices;
    }
    choices.push({ text: numberText(value), plain: value, override: { plain: value, value: plainNumber(value) } });
  }
  return choices;
}

function singleChoice(expression: Expression, spec: PropertySpec, scope: Scope): Choice | undefined {
  const { plain, value } = checkedValue(expression, spec, { ...scope, key: spec.key });
  if (plain === undefined || value === undefined) return undefined;
  const text = scope.file.source.text.slice(expression.start, expression.end);
  if (value.kind === "quantity") return { text: expression.kind === "number" ? text : exactText(value), plain: value.value, override: { plain, value } };
  return { text, plain: typeof plain === "number" || typeof plain === "string" ? plain : text, override: { plain, value } };
}

/** A value that was computed, as a file would say it. */
const exactText = ({ value, dimension }: Extract<Value, { kind: "quantity" }>): string => (isPlain(dimension) ? numberText(value) : formatShortest(value, dimension));
