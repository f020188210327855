export { choicesOf, type Choice } from "./choices";
export { isOwnKey, subjectOf, targetOf, walkPath, type VariedKey } from "./path";
export { readSweep, type Axis, type Constraint, type Objective, type Space, type SweepReading } from "./read";
