import type { BoundBlock, Diagnostic } from "../../core";
import { blocksOf, numberOf, type RuleSubject } from "../rule";

/** The routing of an `ffn moe` block, as far as its keys have values. */
export interface Routing {
  readonly block: BoundBlock;
  readonly experts: number | undefined;
  readonly topK: number | undefined;
  readonly groups: number | undefined;
  readonly groupLimit: number | undefined;
}

/** The routing of a block whose experts divide into groups, with a limit that there are enough groups for. */
export interface LimitedRouting {
  readonly block: BoundBlock;
  readonly experts: number;
  readonly topK: number;
  readonly groups: number;
  readonly groupLimit: number;
}

export const nodeLimitedRouting =
  "DeepSeek-V3 technical report, arXiv:2412.19437, section 2.1.2; Insights into DeepSeek-V3, arXiv:2505.09343, section 4.3";

export const checkRouting = (subject: RuleSubject, check: (routing: Routing) => readonly Diagnostic[]): readonly Diagnostic[] =>
  blocksOf(subject, "ffn", ["moe"]).flatMap((block) => {
    const of = (key: string) => numberOf(subject, block, key);
    return check({ block, experts: of("routed_experts"), topK: of("top_k"), groups: of("groups"), groupLimit: of("group_limit") });
  });

/** `undefined` where a key is missing, or one of them contradicts another: that has its own message. */
export function limitedRouting({ block, experts, topK, groups, groupLimit }: Routing): LimitedRouting | undefined {
  if (experts === undefined || topK === undefined || groups === undefined || groupLimit === undefined) return undefined;
  if (experts % groups !== 0 || groupLimit > groups || topK > experts) return undefined;
  return { block, experts, topK, groups, groupLimit };
}

/** Experts that a token can choose from when it may use some of the groups. */
export const supplyOf = (experts: number, groups: number, groupLimit: number): number => (experts / groups) * groupLimit;

/** `at most 2 of 8 groups a token, 64 experts to choose from`. */
export const limitText = (experts: number, groups: number, groupLimit: number): string =>
  `at most ${groupLimit} of ${groups} groups a token, ${supplyOf(experts, groups, groupLimit)} experts to choose from`;
