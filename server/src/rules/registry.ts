import { names, syntaxDiagnostics, values, type DiagnosticEntry } from "../core";
import { bandwidthInBitsRule, cardRateInBytesRule } from "./advice/bits-and-bytes";
import { everyExpertChosenRule } from "./advice/every-expert-chosen";
import { groupsWithoutLimitRule } from "./advice/groups-without-limit";
import { limitNeverBindsRule } from "./advice/limit-never-binds";
import { precisionWithoutEffectRule } from "./advice/precision-without-effect";
import { tokenMagnitudeRule } from "./advice/token-magnitude";
import { windowOverContextRule } from "./advice/window-over-context";
import { dragonflyGroupsRule } from "./hardware/dragonfly-groups";
import { endpointsOverTopologyRule } from "./hardware/endpoints-over-topology";
import { nodeAndDomainRule } from "./hardware/node-and-domain";
import { planesAndCardsRule } from "./hardware/planes-and-cards";
import { portsOfASwitchRule } from "./hardware/ports-of-a-switch";
import { slimFlyOrderRule } from "./hardware/slim-fly-order";
import { blockOnNoLayerRule } from "./model/block-on-no-layer";
import { headDimNotWholeRule } from "./model/head-dim-not-whole";
import { kvHeadsRule } from "./model/kv-heads";
import { layersOutsideRule } from "./model/layers-outside";
import { layersOverlapRule } from "./model/layers-overlap";
import { layersWithoutBlocksRule } from "./model/layers-without-blocks";
import { oddRotaryWidthRule } from "./model/odd-rotary-width";
import { rankTooWideRule } from "./model/rank-too-wide";
import { sharedSizeWithoutSharedRule } from "./model/shared-size-without-shared-experts";
import { topKOverExpertsRule } from "./model/top-k-over-experts";
import { measurementMissedRule } from "./requirements/measurement-missed";
import { measurementWithoutSourceRule } from "./requirements/measurement-without-source";
import { requirementFailsRule } from "./requirements/requirement-fails";
import { shareAboveOneRule } from "./requirements/share-above-one";
import { groupLimitOverGroupsRule } from "./routing/group-limit-over-groups";
import { groupLimitWithoutGroupsRule } from "./routing/group-limit-without-groups";
import { groupSupplyRule } from "./routing/group-supply";
import { groupsDivideExpertsRule } from "./routing/groups-divide-experts";
import { oneExpertGroupsRule } from "./routing/one-expert-groups";
import type { Rule } from "./rule";

/** Every rule, in the order of its codes. */
export const rules: readonly Rule[] = [
  layersOutsideRule, // 3001
  layersOverlapRule, // 3002
  layersWithoutBlocksRule, // 3003, 3004, 3006
  blockOnNoLayerRule, // 3005
  kvHeadsRule, // 3010, 3011, 3012
  headDimNotWholeRule, // 3013
  oddRotaryWidthRule, // 3014
  rankTooWideRule, // 3015
  topKOverExpertsRule, // 3020
  sharedSizeWithoutSharedRule, // 3021
  endpointsOverTopologyRule, // 4001
  planesAndCardsRule, // 4002
  slimFlyOrderRule, // 4003
  dragonflyGroupsRule, // 4004
  portsOfASwitchRule, // 4005
  nodeAndDomainRule, // 4006
  groupsDivideExpertsRule, // 5001
  groupLimitOverGroupsRule, // 5002
  groupSupplyRule, // 5003
  groupLimitWithoutGroupsRule, // 5004
  oneExpertGroupsRule, // 5005
  requirementFailsRule, // 6001
  measurementMissedRule, // 6002
  measurementWithoutSourceRule, // 6003
  shareAboveOneRule, // 6004
  tokenMagnitudeRule, // 7001
  cardRateInBytesRule, // 7002
  bandwidthInBitsRule, // 7003
  windowOverContextRule, // 7010
  everyExpertChosenRule, // 7011
  precisionWithoutEffectRule, // 7012
  groupsWithoutLimitRule, // 7020
  limitNeverBindsRule, // 7021
];

/** Every code of the language, sorted: the documentation is generated from it. */
export const diagnosticEntries: readonly DiagnosticEntry[] = [
  ...Object.values(syntaxDiagnostics).map((code) => code.entry),
  ...Object.values(names).map((code) => code.entry),
  ...Object.values(values).map((code) => code.entry),
  ...rules.flatMap((rule) => rule.entries),
].sort((left, right) => (left.code < right.code ? -1 : 1));
