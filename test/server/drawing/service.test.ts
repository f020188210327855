import { expect, test } from "vitest";
import { figuresOf, serviceResult } from "../../../server/src/analysis";
import { serviceData } from "../../../server/src/drawing/service";
import { smallPlans } from "../../kit/plans";
import { declarationOf } from "../../kit/workspace";

test("a request takes its time to the first token, then a step for each further one", () => {
  const text = `${smallPlans}\nservice Chat { prefill = Prompts, decode = Answers, input_tokens = 2048, output_tokens = 101 }`;
  const { workspace, declaration } = declarationOf({ "a.dsco": text }, "Chat");
  const figures = figuresOf(workspace, declaration);
  const record = serviceResult(workspace, declaration)?.record;
  if (!record) throw new Error("the service asks for its own figures");
  const data = serviceData(record, (id) => figures.find((figure) => figure.id === id));
  const value = (id: string): number => {
    const figure = figures.find((candidate) => candidate.id === id)?.figure;
    return figure?.kind === "value" ? figure.value : Number.NaN;
  };
  expect(data.prefill + data.transfer).toBeCloseTo(value("ttft"), 12);
  expect(data.decode).toBeCloseTo(100 * value("tpot"), 12);
  expect(data.nodes).toEqual({ prefill: value("prefill_nodes"), decode: value("decode_nodes") });
});
