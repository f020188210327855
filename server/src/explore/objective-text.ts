import { isShare, metricUnit, shortText } from "../analysis";
import type { Objective } from "./space";

/** What a design comes to in an objective, as reports write the figure: `5658 tokens/s`, `37.04 %`. `value`: in base units. */
export const objectiveText = ({ id, dimension }: Objective, value: number): string =>
  shortText(value, { dimension, unit: metricUnit("plan", id) ?? "", share: isShare("plan", id) });
