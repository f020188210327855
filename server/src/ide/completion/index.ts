export { completion, type CompletionOptions } from "./completion";
export type { Completion, CompletionKind, CompletionList, CompletionMore } from "./draft";
