import type { FigureForm } from "../../analysis";
import type { Workspace } from "../../core";
import { Unavailable } from "../../cost/definition";
import { evaluationOf } from "../../cost/plan/evaluation";
import { b200File, rankMemories } from "../../evidence";
import { dimensions } from "../../units";
import { caseName, type Comparison } from "./comparisons";
import { compared, planNamed } from "./table-case";

const bytes: FigureForm = { unit: "B", dimension: dimensions.bytes, share: false };

/** The memory of single pipeline ranks beside what was measured there. */
export function rankMemoryComparisons(workspace: Workspace): readonly Comparison[] {
  return rankMemories.map(({ plan, rank, mebibytes, source }) => {
    const name = `${caseName(planNamed(workspace, b200File, plan).declaration)}, pipeline rank ${rank}`;
    return compared({ group: "Memory on 8 B200", name, metric: "memory of a rank", form: bytes, published: mebibytes * 2 ** 20, source }, () => {
      const found = evaluationOf(planNamed(workspace, b200File, plan).record).memory.ranks().find((candidate) => candidate.rank === rank);
      if (!found) throw new Unavailable(`the pipeline has no rank ${rank}`);
      return found.total;
    });
  });
}
