import { scaleOfUnit, type MetricFigure } from "../../analysis";
import { diagnosticJson, rangeOf, type Report } from "../../design";

/** The report for other programs; the language reference fixes its shape, `version` changes when that does. */
export function reportJson({ design, declarations, diagnostics }: Report): string {
  const json = {
    version: 1,
    files: design.files.map((file) => file.path),
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(design, diagnostic)),
    declarations: declarations.map((declaration) => ({
      kind: declaration.keyword,
      name: declaration.name,
      file: declaration.file.path,
      range: rangeOf(design, declaration.file.uri, declaration.span),
      metrics: declaration.metrics.map(metricJson),
    })),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function metricJson({ id, unit, figure, formula, source }: MetricFigure) {
  const scale = scaleOfUnit(unit);
  const inUnit = (value: number) => (scale === 1 ? value : Number((value / scale).toPrecision(15)));
  const value = figure.kind === "unavailable" ? null : figure.kind === "text" ? figure.value : inUnit(figure.value);
  const ideal = figure.kind === "value" && figure.ideal !== undefined ? { ideal: inUnit(figure.ideal) } : {};
  const reason = figure.kind === "unavailable" ? { reason: figure.reason } : {};
  return { id, value, unit, ...ideal, formula, source, ...reason };
}
