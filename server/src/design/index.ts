/** A design as a caller asks about it: its files, edits made in memory, what was found, its report. Command line and agents share it. */
export * from "./compare";
export * from "./design";
export * from "./diagnostic-json";
export * from "./diagnostic-text";
export { firstSentence } from "../ide/first-sentence";
export * from "./figure-text";
export { findFigure, type Asked } from "./find-figure";
export { fixesOfErrors } from "./fixes";
export { inputOrigin, type AskedAt } from "./input-origin";
export * from "./library";
export { printable } from "./printable";
export { findTarget, type Refuse, type Target } from "./property-path";
export * from "./report";
export { reportHtml } from "./report-html";
export * from "./report-markdown";
export { starterFile, starters, type StarterName } from "./starters";
export { whatIfText, type WhatIf } from "./what-if";
export { WrongUse } from "./wrong-use";
