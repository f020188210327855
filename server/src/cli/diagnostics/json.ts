import type { Diagnostic } from "../../core";
import { diagnosticJson, type Design } from "../../design";

export function checkJson(design: Design, diagnostics: readonly Diagnostic[]): string {
  const files = design.files.map((file) => file.path);
  return `${JSON.stringify({ version: 1, files, diagnostics: diagnostics.map((diagnostic) => diagnosticJson(design, diagnostic)) }, undefined, 2)}\n`;
}
