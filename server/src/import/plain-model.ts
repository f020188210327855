import { assignLayers } from "../analysis";
import { attentionKinds, ffnKinds, mixerKinds, settledValue, type BoundBlock, type BoundDeclaration, type Workspace } from "../core";
import type { FactValue } from "./facts";

/** A block of a model with the language's defaults filled in. */
export interface PlainBlock {
  readonly kind: string;
  readonly values: Readonly<Record<string, FactValue>>;
  readonly children: Readonly<Record<string, PlainBlock>>;
}

/** A model layer by layer: what an export says, and what two models are compared by. */
export interface PlainModel {
  readonly values: Readonly<Record<string, FactValue>>;
  readonly attention: readonly (PlainBlock | undefined)[];
  readonly ffn: readonly (PlainBlock | undefined)[];
  readonly mtp: PlainBlock | undefined;
  readonly precision: PlainBlock | undefined;
}

/** `undefined` where the number of layers has no value or a block is not understood. */
export function plainModel(workspace: Workspace, declaration: BoundDeclaration): PlainModel | undefined {
  const assignment = assignLayers(workspace, declaration);
  if (!assignment) return undefined;
  const attention: (PlainBlock | undefined)[] = Array.from({ length: assignment.total });
  const ffn: (PlainBlock | undefined)[] = Array.from({ length: assignment.total });
  for (const [block, layers] of assignment.layers) {
    const known = block.keyword === "attention" ? { ...attentionKinds, ...mixerKinds } : ffnKinds;
    if (!Object.hasOwn(known, block.variant ?? "")) return undefined;
    const plain = plainBlock(workspace, block);
    for (const layer of layers) (block.keyword === "attention" ? attention : ffn)[layer] = plain;
  }
  const only = (keyword: string): PlainBlock | undefined => {
    const block = declaration.block.blocks.find((inner) => inner.keyword === keyword);
    return block && plainBlock(workspace, block);
  };
  return { values: plainValues(workspace, declaration.block), attention, ffn, mtp: only("mtp"), precision: only("precision") };
}

function plainBlock(workspace: Workspace, block: BoundBlock): PlainBlock {
  const inner = block.blocks.map((child) => [child.keyword, plainBlock(workspace, child)] as const);
  return { kind: block.variant ?? "", values: plainValues(workspace, block), children: Object.fromEntries(inner) };
}

function plainValues(workspace: Workspace, block: BoundBlock): Readonly<Record<string, FactValue>> {
  const values: Record<string, FactValue> = {};
  for (const key of block.schema?.properties.keys() ?? []) {
    if (key === "layers" && block.parent) continue;
    const { plain } = settledValue(workspace, block, key);
    if (typeof plain === "number" || typeof plain === "boolean" || typeof plain === "string") values[key] = plain;
  }
  return values;
}
