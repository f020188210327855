export { buildComparison, withoutNotes, type CompareDocument } from "./document";
export { readOperand, sideOf, type Operand, type Side } from "./operands";
