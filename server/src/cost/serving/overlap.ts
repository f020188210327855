/** How the two micro-batches of one GPU share its operators and its links. Seconds. */

import type { Mode } from "../plan/evaluation";

/** What one layer does for one micro-batch, in this order: attention, dispatch, ffn, combine. */
export interface LayerWork {
  readonly attention: number;
  readonly dispatch: number;
  readonly ffn: number;
  readonly combine: number;
}

/**
 * What one layer of two equal micro-batches A and B takes beyond their operators, where one computes while the other exchanges. Two
 * orders, of which a system takes the shorter; a micro-batch never overtakes the other:
 *
 *   whole attention          | attention in two halves (DeepSeek's decode, five stages)
 *   compute  A B A B         | compute  A1 B  A2 B1 A  B2      A, B: attention, then ffn
 *            att att ffn ffn |          att ffn att att ffn att
 *   exchange B A B A         | exchange B  -  B  A  -  A
 *            com dis dis com |          dis    com dis    com
 *
 * Each column lasts as long as the longer of the two, since every step waits for both of the column before. With the attention cut
 * where it helps most, its two columns last max(attention, dispatch + combine).
 * `ideal`: operators and links never wait for one another. Source: open-infra-index, day 6 (two orders); the derivation is ours.
 */
export function exposedOfTwo({ attention, dispatch, ffn, combine }: LayerWork, mode: Mode, mayHalveAttention: boolean): number {
  if (mode === "ideal") return 2 * beyond(dispatch + combine, attention + ffn);
  const whole = beyond(combine, attention) + beyond(dispatch, attention) + beyond(dispatch, ffn) + beyond(combine, ffn);
  return mayHalveAttention ? Math.min(whole, 2 * beyond(dispatch + combine, attention)) : whole;
}

/** What of one time is left when another one has passed beside it. */
export const beyond = (time: number, beside: number): number => Math.max(0, time - beside);
