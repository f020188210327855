import { settledValue, type BoundBlock, type Workspace } from "../../core";

/** The whole number that a key of a block has; `undefined` where it has none. */
export const candidateNumber = (workspace: Workspace, block: BoundBlock) => (key: string): number | undefined => {
  const { plain } = settledValue(workspace, block, key);
  return typeof plain === "number" && Number.isInteger(plain) ? plain : undefined;
};
