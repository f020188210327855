import { formatGrouped, sameDimension, units } from "../../units";
import type { Asked, Candidate } from "./asked";

/** Digits that a converted number may have: a longer one is no better to read. */
const mostDigits = 6;
/** The shortest of them. */
const mostOffered = 3;

/** `400 Gbps` as `50 GB/s`: units of the same dimension in which the number is as exact and short. */
export function convertUnit({ located }: Asked): readonly Candidate[] {
  if (located.kind !== "number" || located.literal.unit === undefined || !located.literal.unitKnown || located.literal.suffix !== undefined) return [];
  const { literal } = located;
  const from = units.get(literal.unit ?? "");
  if (!from) return [];
  const converted = [...units.values()].flatMap((to): readonly Candidate[] => {
    if (to.name === from.name || !sameDimension(to.dimension, from.dimension)) return [];
    const value = Number(((literal.value * from.scale) / to.scale).toPrecision(15));
    const text = formatGrouped(value).replace(/,/g, "_");
    if (value < 0.1 || Number(text.replace(/_/g, "")) * to.scale !== literal.value * from.scale || text.replace(/\D/g, "").length > mostDigits) return [];
    return [{ title: `Write \`${text} ${to.name}\``, kind: "refactor.rewrite", edits: [{ start: literal.start, end: literal.end, newText: `${text} ${to.name}` }], keepsFigures: true }];
  });
  return [...converted].sort((left, right) => left.title.length - right.title.length).slice(0, mostOffered);
}
