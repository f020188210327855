export * from "./define";
export { syntaxDiagnostics } from "./syntax";
export { names } from "./names";
export { values } from "./values";
export { sweeps } from "./sweeps";
