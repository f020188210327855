/** Design spaces: what a sweep varies, and what its designs come to. No threads, no files. */
export { spaceOf, targetOf, type Axis, type Choice, type Constraint, type Objective, type Point, type Space, type SpaceResult } from "./space";
export { evaluatorOf, type Evaluator, type Reason, type Verdict } from "./evaluate";
export { dominates, frontOf, type Found, type Front } from "./front";
export { adviceFor, adviceSteps } from "./advice";
export { objectiveText } from "./objective-text";
export { indexOf, pointAt } from "./points";
export { joined, openEvaluator, openTask, runStretch, tallyOf, taskOf, type Stretch, type SweepPool, type SweepTask, type Tally } from "./run";
export type { ReasonCount } from "./reasons";
export { gaps, headerLine, headerOf, readRun, stretchLine, type RunHeader, type RunRecord } from "./record";
export { designsOf, frontDesigns, tableOf, type ResultColumn, type ResultRow, type ResultTable } from "./rows";
export { isSearched, mostSearched, runSearch, stretchOfTrials, type SearchEnd, type SearchRun } from "./genetic/run";
export { joinedTrials, tryDesigns, type Trial } from "./genetic/trial";
export { readSearchRecord, trialLine, type SearchRecord } from "./genetic/record";
export { inverse, type InverseAnswer } from "./inverse/run";
export type { Side } from "./inverse/certificate";
