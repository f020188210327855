import { foundationsOf, metricIds } from "../../analysis";
import { withArticle, type BoundDeclaration } from "../../core";
import type { Design } from "../design";
import { WrongUse } from "../wrong-use";
import type { Side } from "./operands";

export interface Pair {
  readonly left: BoundDeclaration;
  readonly right: BoundDeclaration;
}

export interface Pairs {
  readonly kind: "pairs";
  readonly pairs: readonly Pair[];
  /** Declarations that have no like on the other side and that no compared declaration rests on; none where one was named. */
  readonly onlyLeft: readonly BoundDeclaration[];
  readonly onlyRight: readonly BoundDeclaration[];
}

/** Why there is nothing to compare: sentences without their full stops. */
export interface NoPairs {
  readonly kind: "none";
  readonly problems: readonly string[];
}

/**
 * Which declarations stand beside each other: those that were named; of two files those of one name and kind, and the only ones of a
 * kind that has figures. Throws `WrongUse` where two of different kinds were named.
 */
export function pairSides(design: Design, left: Side, right: Side): Pairs | NoPairs {
  if (left.named && right.named) return only({ left: left.named, right: right.named });
  const named = left.named ?? right.named;
  if (!named) return pairFiles(design, left, right);
  const found = likeOf(named, left.named ? right : left);
  if (found.kind === "none") return found;
  return only(left.named ? { left: named, right: found.like } : { left: found.like, right: named });
}

function only(pair: Pair): Pairs {
  requireOneKind(pair.left, pair.right);
  return { kind: "pairs", pairs: [pair], onlyLeft: [], onlyRight: [] };
}

function requireOneKind(left: BoundDeclaration, right: BoundDeclaration): void {
  const described = ({ name, keyword }: BoundDeclaration): string => `\`${name}\` is ${withArticle(keyword)}`;
  if (left.keyword !== right.keyword) throw new WrongUse(`${described(left)} and ${described(right)}: only declarations of one kind can be compared`);
}

/** The declaration of a file to compare a named one with: of its name, else the only one of its kind. */
function likeOf(named: BoundDeclaration, { file: { path }, declarations }: Side): { readonly kind: "like"; readonly like: BoundDeclaration } | NoPairs {
  const alike = declarations.filter(({ keyword }) => keyword === named.keyword);
  const [first, another] = alike;
  const found = alike.find(({ name }) => name === named.name) ?? (another ? undefined : first);
  if (found) return { kind: "like", like: found };
  const [other, more] = declarations;
  if (other && !more) requireOneKind(named, other);
  if (!first) return { kind: "none", problems: [`${path} has no ${named.keyword} to compare \`${named.name}\` with`] };
  return { kind: "none", problems: [`${path} has several declarations of the kind ${named.keyword}: write ${nameEach(path, alike)}`] };
}

function nameEach(path: string, declarations: readonly BoundDeclaration[]): string {
  const shown = declarations.slice(0, 4).map(({ name }) => `${path}:${name}`);
  return `${shown.join(" or ")}${declarations.length > shown.length ? ", …" : ""}`;
}

const hasFigures = ({ keyword }: BoundDeclaration): boolean => metricIds(keyword).length > 0;

function pairFiles(design: Design, left: Side, right: Side): Pairs | NoPairs {
  const designs = [left, right].some(({ declarations }) => declarations.some(hasFigures));
  const all = left.declarations.flatMap((declaration): readonly Pair[] => {
    const ofKind = (side: Side) => side.declarations.filter(({ keyword }) => keyword === declaration.keyword);
    const [mine, others] = [ofKind(left), ofKind(right)];
    const isOnly = mine.length === 1 && others.length === 1 && (!designs || hasFigures(declaration));
    const like = others.find(({ name }) => name === declaration.name) ?? (isOnly ? others[0] : undefined);
    return like ? [{ left: declaration, right: like }] : [];
  });
  if (all.length === 0) return { kind: "none", problems: whyNone(left, right) };
  return {
    kind: "pairs",
    pairs: all.filter((pair) => hasFigures(pair.left) || !isUnder(design, all, pair)),
    onlyLeft: unmatched(design, left, all.map((pair) => pair.left)),
    onlyRight: unmatched(design, right, all.map((pair) => pair.right)),
  };
}

/** A pair without figures of its own is shown where a pair that rests on it is: the layouts of two plans under these plans. */
const isUnder = ({ workspace }: Design, pairs: readonly Pair[], pair: Pair): boolean =>
  pairs.some(({ left, right }) => foundationsOf(workspace, left).has(pair.left) && foundationsOf(workspace, right).has(pair.right));

/** What was compared with nothing and is no part of what was; a layout or a device is named where no other declaration of its file uses it. */
function unmatched({ workspace }: Design, { declarations }: Side, compared: readonly BoundDeclaration[]): readonly BoundDeclaration[] {
  const below = (list: readonly BoundDeclaration[]) => new Set(list.flatMap((declaration) => [...foundationsOf(workspace, declaration)]));
  const [shown, used] = [below(compared), below(declarations)];
  return declarations.filter((declaration) => !compared.includes(declaration) && !shown.has(declaration) && (hasFigures(declaration) || !used.has(declaration)));
}

function whyNone(left: Side, right: Side): readonly string[] {
  const empty = [left, right].filter(({ declarations }) => declarations.length === 0);
  if (empty.length > 0) return empty.map(({ file }) => `${file.path} declares nothing that can be compared`);
  const [[first, second], [other, another]] = [left.declarations, right.declarations];
  if (first && other && !second && !another) requireOneKind(first, other);
  const one = left.declarations.find(({ keyword }) => right.declarations.some((candidate) => candidate.keyword === keyword && hasFigures(candidate))) ?? first;
  const like = right.declarations.find(({ keyword }) => keyword === one?.keyword);
  const example = one && like ? `: name one of each, such as ${left.file.path}:${one.name} ${right.file.path}:${like.name}` : "";
  return [`no declaration of ${left.file.path} has its like in ${right.file.path}${example}`];
}
