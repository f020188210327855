import { names, sweeps, syntaxDiagnostics, values, type DiagnosticEntry } from "../core";
import { bandwidthInBitsRule, cardRateInBytesRule } from "./advice/bits-and-bytes";
import { everyExpertChosenRule } from "./advice/every-expert-chosen";
import { groupsWithoutLimitRule } from "./advice/groups-without-limit";
import { limitNeverBindsRule } from "./advice/limit-never-binds";
import { precisionWithoutEffectRule } from "./advice/precision-without-effect";
import { tokenMagnitudeRule } from "./advice/token-magnitude";
import { windowOverContextRule } from "./advice/window-over-context";
import { dragonflyGroupsRule } from "./hardware/dragonfly-groups";
import { effectiveOverLineRule } from "./hardware/effective-over-line";
import { endpointsOverTopologyRule } from "./hardware/endpoints-over-topology";
import { fp8AccumulationRule } from "./hardware/fp8-accumulation";
import { nodeAndDomainRule } from "./hardware/node-and-domain";
import { planesAndCardsRule } from "./hardware/planes-and-cards";
import { portsOfASwitchRule } from "./hardware/ports-of-a-switch";
import { precisionWithoutPeakRule } from "./hardware/precision-without-peak";
import { slimFlyOrderRule } from "./hardware/slim-fly-order";
import { batchDoesNotDivideRule } from "./layout/batch-does-not-divide";
import { degreesDoNotFitRule } from "./layout/degrees-do-not-fit";
import { exchangeWithoutCardsRule } from "./layout/exchange-without-cards";
import { expertGroupsDoNotFitRule } from "./layout/expert-groups-do-not-fit";
import { expertsDoNotDivideRule } from "./layout/experts-do-not-divide";
import { expertsOfDenseModelRule } from "./layout/experts-of-dense-model";
import { groupOverDomainRule } from "./layout/group-over-domain";
import { headsDoNotDivideRule } from "./layout/heads-do-not-divide";
import { kvHeadsReplicatedRule } from "./layout/kv-heads-replicated";
import { moreCopiesThanGpusRule } from "./layout/more-copies-than-gpus";
import { moreStagesThanLayersRule } from "./layout/more-stages-than-layers";
import { oddDualMicroBatchRule } from "./layout/odd-dual-micro-batch";
import { phaseWithoutEffectRule } from "./layout/phase-without-effect";
import { scheduleConditionsRule } from "./layout/schedule-conditions";
import { sequenceDoesNotDivideRule } from "./layout/sequence-does-not-divide";
import { sequenceWithoutTensorRule } from "./layout/sequence-parallel-without-tensor";
import { severalAutoRule } from "./layout/several-auto";
import { unevenStagesRule } from "./layout/uneven-stages";
import { unreadWorkloadKeyRule } from "./layout/unread-workload-key";
import { virtualStagesRule } from "./layout/virtual-stages-without-interleaving";
import { widthsDoNotDivideRule } from "./layout/widths-do-not-divide";
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
import { expertsOverHostMemoryRule } from "./plan/experts-over-host-memory";
import { exposedExchangeRule } from "./plan/exposed-exchange";
import { largeBubbleRule } from "./plan/large-bubble";
import { memoryOverCapacityRule } from "./plan/memory-over-capacity";
import { routingOverDomainsRule } from "./plan/routing-over-domains";
import { serviceOfOtherPlansRule } from "./plan/service-of-other-plans";
import { workloadOutOfReachRule } from "./plan/workload-out-of-reach";
import { estimateMissesRule, measurementMissedRule } from "./requirements/measurement-missed";
import { measurementWithoutSourceRule } from "./requirements/measurement-without-source";
import { requirementFailsRule } from "./requirements/requirement-fails";
import { shareAboveOneRule } from "./requirements/share-above-one";
import { groupLimitOverGroupsRule } from "./routing/group-limit-over-groups";
import { groupLimitWithoutGroupsRule } from "./routing/group-limit-without-groups";
import { groupSupplyRule } from "./routing/group-supply";
import { groupsDivideExpertsRule } from "./routing/groups-divide-experts";
import { groupsOverDomainsRule } from "./routing/groups-over-domains";
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
  effectiveOverLineRule, // 4007
  precisionWithoutPeakRule, // 4201
  fp8AccumulationRule, // 4202
  groupsDivideExpertsRule, // 5001
  groupLimitOverGroupsRule, // 5002
  groupSupplyRule, // 5003
  groupLimitWithoutGroupsRule, // 5004
  oneExpertGroupsRule, // 5005
  degreesDoNotFitRule, // 5101
  severalAutoRule, // 5102
  expertGroupsDoNotFitRule, // 5103
  expertsDoNotDivideRule, // 5104
  moreCopiesThanGpusRule, // 5105
  batchDoesNotDivideRule, // 5110
  oddDualMicroBatchRule, // 5111
  scheduleConditionsRule, // 5120
  virtualStagesRule, // 5121
  moreStagesThanLayersRule, // 5130
  unevenStagesRule, // 5131
  headsDoNotDivideRule, // 5140
  kvHeadsReplicatedRule, // 5141
  widthsDoNotDivideRule, // 5142
  sequenceDoesNotDivideRule, // 5143
  groupOverDomainRule, // 5150
  exchangeWithoutCardsRule, // 5151
  groupsOverDomainsRule, // 5201
  routingOverDomainsRule, // 5202
  exposedExchangeRule, // 5203
  memoryOverCapacityRule, // 5301
  expertsOverHostMemoryRule, // 5302
  workloadOutOfReachRule, // 5401, 5402, 5403
  serviceOfOtherPlansRule, // 5410
  requirementFailsRule, // 6001
  measurementMissedRule, // 6002
  measurementWithoutSourceRule, // 6003
  shareAboveOneRule, // 6004
  estimateMissesRule, // 6005
  tokenMagnitudeRule, // 7001
  cardRateInBytesRule, // 7002
  bandwidthInBitsRule, // 7003
  windowOverContextRule, // 7010
  everyExpertChosenRule, // 7011
  precisionWithoutEffectRule, // 7012
  groupsWithoutLimitRule, // 7020
  limitNeverBindsRule, // 7021
  sequenceWithoutTensorRule, // 7030
  phaseWithoutEffectRule, // 7031
  expertsOfDenseModelRule, // 7032
  unreadWorkloadKeyRule, // 7033
  largeBubbleRule, // 7040
];

/** Every code of the language, sorted: the documentation is generated from it. */
export const diagnosticEntries: readonly DiagnosticEntry[] = [
  ...Object.values(syntaxDiagnostics).map((code) => code.entry),
  ...Object.values(names).map((code) => code.entry),
  ...Object.values(values).map((code) => code.entry),
  ...Object.values(sweeps).map((code) => code.entry),
  ...rules.flatMap((rule) => rule.entries),
].sort((left, right) => (left.code < right.code ? -1 : 1));
