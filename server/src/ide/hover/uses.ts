import { fedMetrics, figuresOf, keyMetricsOf, usersOf, type MetricFigure } from "../../analysis";
import { declarationSchemas, documentationUrl, type BoundBlock, type BoundDeclaration, type FileScope, type Workspace } from "../../core";
import { rules } from "../../rules";
import { figureLines } from "../describe";
import { code, paragraphs } from "../markdown";
import { isInapplicable, linesOf, list, type HoverOptions } from "./asked";

/** What a property does: in the figures of its own declaration, and in those of the plans and services of the file that rest on it. */
export function describeUses(workspace: Workspace, scope: FileScope, bound: BoundDeclaration, property: Key, options: HoverOptions): string {
  const { computed } = declarationSchemas[bound.keyword];
  const users = usersOf(workspace, scope, bound);
  const feeds = (each: BoundDeclaration): boolean => fedMetrics(workspace, each, property.block, property.key, options).length > 0;
  // the group limit of a model is in none of the model's figures, but in those of its plans
  const own = computed && (feeds(bound) || !users.some(feeds)) ? describeUse(workspace, bound, property, options) : undefined;
  return paragraphs(
    own,
    users.length > 0 || computed ? usersText(workspace, users, property, options) : "No plan of this file uses it.",
    own === undefined && users.length === 0 ? checksText(bound, property.key) : undefined,
  );
}

export interface Key {
  readonly block: BoundBlock;
  readonly key: string;
}

/** Plans and services that a hover names one by one. */
const mostUsers = 3;

function usersText(workspace: Workspace, users: readonly BoundDeclaration[], property: Key, options: HoverOptions): string {
  const rest = users.length - mostUsers;
  return paragraphs(
    ...users.slice(0, mostUsers).map((user) => describeUse(workspace, user, property, options, ` of ${code(`${user.keyword} ${user.name}`)}`)),
    rest > 0 ? `${rest} more ${rest === 1 ? "plan or service rests" : "plans and services rest"} on it.` : undefined,
  );
}

/** The figures that a property enters; for one that enters none, what is checked of it. `where`: whose figures, if not those of its own declaration. */
function describeUse(workspace: Workspace, bound: BoundDeclaration, { block, key }: Key, options: HoverOptions, where = ""): string {
  const metrics = fedMetrics(workspace, bound, block, key, options);
  if (metrics.length > 0) return paragraphs(where === "" ? "Enters into:" : `Enters into the figures${where}:`, list(mostTelling(workspace, bound, metrics, options)));
  if (where !== "") return `Enters no figure${where} that is computed here.`;
  const figures = figuresOf(workspace, bound, options).filter((metric) => !isInapplicable(metric));
  const missing = figures.filter(({ figure }) => figure.kind === "unavailable");
  return paragraphs(
    missing.length === 0 ? "Enters no figure of this version." : "Enters no figure that is computed here.",
    2 * missing.length > figures.length ? list(figureLines(missing)) : undefined,
    checksText(bound, key),
  );
}

function checksText(bound: BoundDeclaration, key: string): string | undefined {
  const checks = checksOf(bound, key);
  return checks.length === 0 ? undefined : paragraphs("Checked:", list(checks));
}

/** Figures of a plan that a hover of one property lists. */
const mostFed = 8;

/** Every figure of a model or of hardware; of a plan, whose layout enters nearly all of its figures, those that are read first. */
function mostTelling(workspace: Workspace, bound: BoundDeclaration, metrics: readonly MetricFigure[], options: HoverOptions): readonly string[] {
  if (bound.keyword !== "plan") return linesOf(workspace, bound, metrics, options);
  const first = keyMetricsOf(workspace, bound).flatMap((id) => metrics.filter((metric) => metric.id === id));
  const shown = [...first, ...metrics.filter((metric) => !first.includes(metric))].slice(0, mostFed);
  const rest = metrics.length - shown.length;
  return [...linesOf(workspace, bound, shown, options), ...(rest > 0 ? [`and ${rest} ${rest === 1 ? "other figure" : "others"}`] : [])];
}

/** The rules whose explanation names a key. */
const checksOf = ({ keyword }: BoundDeclaration, key: string): readonly string[] =>
  rules.filter(({ on }) => on.includes(keyword)).flatMap(({ entries }) => entries).filter(({ explanation }) => explanation.includes(code(key)))
    .map((entry) => `[${entry.code}](${documentationUrl(entry.code)}): ${entry.title}`);
