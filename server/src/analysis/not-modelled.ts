import { attentionKinds, mixerKinds, type BlockSchema } from "../core";

const blocks: ReadonlySet<BlockSchema> = new Set<BlockSchema>([
  ...Object.values(mixerKinds),
  ...Object.values(attentionKinds).flatMap(({ children }) => children.filter(({ keyword }) => keyword === "sparse").flatMap(({ variants }) => variants)),
]);

/** True for a block that the language knows and whose cost no figure counts yet. */
export const isNotModelled = (schema: BlockSchema): boolean => blocks.has(schema);
