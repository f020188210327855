import { mixerKinds, type BlockSchema } from "../core";

const blocks: ReadonlySet<BlockSchema> = new Set<BlockSchema>(Object.values(mixerKinds));

/** True for a block that the figures of a model count, and whose operators no plan models yet. */
export const isNotModelled = (schema: BlockSchema): boolean => blocks.has(schema);
