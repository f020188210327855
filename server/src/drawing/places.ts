/** Where a reader edits what a mark stands for. */

import type { RecordBlocks } from "../analysis";
import { settledValue, type BoundBlock, type FileScope, type Workspace } from "../core";

/**
 * The place behind paths of a record, the first that is written: `parallelism.zero` is that key, or the header of the layout where the key is
 * left out; of what stands in the standard library, the key of the design that names it.
 */
export type Places = (...paths: readonly string[]) => string | undefined;

interface Found {
  readonly file: FileScope;
  readonly offset: number;
}

export function placesOf(workspace: Workspace, blocks: RecordBlocks): Places {
  return (...paths) => {
    const found = [...paths.flatMap((path) => written(workspace, blocks, path) ?? []), ...paths.flatMap((path) => around(workspace, blocks, path))];
    const place = found.find(({ file }) => !file.uri.startsWith("std:")) ?? found[0];
    return place && placeText(place);
  };
}

export function placeText({ file, offset }: Found): string {
  const { line, character } = file.source.lines.position(offset);
  return `${file.uri}#${line}:${character}`;
}

/** The key at a path where somebody wrote it. */
function written(workspace: Workspace, blocks: RecordBlocks, path: string): Found | undefined {
  const { block, key } = keyAt(blocks, path);
  const property = block && settledValue(workspace, block, key).property;
  return property && { file: property.file, offset: property.node.start };
}

/** The block at a path, then what stands around it, from the inside out. */
function around(workspace: Workspace, blocks: RecordBlocks, path: string): readonly Found[] {
  const found: Found[] = [];
  for (let at: string | undefined = path; at !== undefined; at = parentOf(at)) {
    const block = blocks.get(at);
    if (block) found.push({ file: block.file, offset: block.node.start });
    const named = written(workspace, blocks, at);
    if (named) found.push(named);
  }
  return found;
}

const parentOf = (path: string): string | undefined => (path === "" ? undefined : path.slice(0, Math.max(0, path.lastIndexOf("."))));

function keyAt(blocks: RecordBlocks, path: string): { readonly block: BoundBlock | undefined; readonly key: string } {
  const point = path.lastIndexOf(".");
  return { block: blocks.get(point < 0 ? "" : path.slice(0, point)), key: path.slice(point + 1) };
}
