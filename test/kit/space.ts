import { spaceOf, type Space } from "../../server/src/explore";
import { planText, type PlanText } from "./plan";
import { declarationOf } from "./workspace";

/** The space of a sweep `S` with these lines over a plan; `beside`: more declarations of the file. Throws where it is in error. */
export function sweep(lines: string, text: PlanText = {}, beside = "", objective = "maximize tokens_per_second_per_gpu"): Space {
  const { workspace, declaration } = declarationOf({ "plan.dsco": `${planText(text)}${beside}\nsweep S of Plan {\n${lines}\n${objective}\n}` }, "S");
  const found = spaceOf(workspace, declaration);
  if (found.kind === "invalid") throw new Error(found.reason);
  return found.space;
}
