/** What pictures are drawn of. */

import type { MetricFigure } from "../analysis";
import type { Evaluation } from "../cost/plan/evaluation";
import type { DrawingOptions } from "./picture";
import type { Places } from "./places";

/** A plan, its figures and where its keys are written. */
export interface PlanSubject {
  readonly name: string;
  readonly evaluation: Evaluation;
  /** Of the plan, by id. */
  readonly metric: (id: string) => MetricFigure | undefined;
  readonly places: Places;
  readonly options: DrawingOptions;
}

/** The symbolic formula of a metric as a line of a tip. */
export function formulaLine({ metric }: Pick<PlanSubject, "metric">, id: string): string {
  const found = metric(id);
  return found ? `${id} = ${found.formula}` : id;
}
