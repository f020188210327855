import { inProgress, memoized, serviceSchema, settledValue, type BoundBlock, type BoundDeclaration, type Workspace } from "../core";
import { Unavailable } from "../cost/definition";
import type { PlanRecord } from "../cost/plan/record";
import type { ServiceRecord } from "../cost/serving/service-record";
import { planResult } from "./plan-record";
import { read, tolerant, withFields, type RecordResult } from "./records";

/** Builds the record of a service once; `undefined` where a value of it asks for the service's own figures. */
export function serviceResult(workspace: Workspace, declaration: BoundDeclaration): RecordResult<ServiceRecord> | undefined {
  const found = memoized(workspace, declaration, "service record", () => build(workspace, declaration));
  return found === inProgress ? undefined : found;
}

function build(workspace: Workspace, { block }: BoundDeclaration): RecordResult<ServiceRecord> {
  const blocks = new Map<string, BoundBlock>([["", block]]);
  const values = read(workspace, block, serviceSchema);
  /** The record of one of the two plans, its blocks filed under its key. */
  const planOf = (key: "prefill" | "decode"): PlanRecord => {
    const { value, plain, origin } = settledValue(workspace, block, key);
    if (plain === undefined || value?.kind !== "declaration") {
      throw new Unavailable(`\`${key}\` of \`${serviceSchema.keyword}\` ${origin === "absent" ? "is missing" : "has no valid value"}`);
    }
    const result = planResult(workspace, value.declaration);
    if (!result) throw new Unavailable(`the \`${key}\` plan asks for its own figures`);
    for (const [path, inner] of result.blocks) blocks.set(path === "" ? key : `${key}.${path}`, inner);
    return result.record;
  };
  /** The prefill plan with the service's share of cache hits where its workload says none; what it writes itself is its own. */
  const prefill = (): PlanRecord => {
    const plan = planOf("prefill");
    const written = block.properties.get("cache_hit_rate");
    const workload = blocks.get("prefill.workload");
    if (written === undefined || values.cache_hit_rate === undefined || workload === undefined || workload.properties.has(written.key)) return plan;
    blocks.set("prefill.workload", { ...workload, properties: new Map([...workload.properties, [written.key, written]]) });
    return withFields(plan, { workload: withFields(plan.workload, { cache_hit_rate: values.cache_hit_rate }) });
  };
  const record = tolerant<ServiceRecord>({
    prefill,
    decode: () => planOf("decode"),
    input_tokens: () => values.input_tokens,
    output_tokens: () => values.output_tokens,
    cache_hit_rate: () => values.cache_hit_rate,
    requests_per_second: () => values.requests_per_second,
  });
  return { record, blocks };
}
