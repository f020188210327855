import type { PanelReport, ShortReport } from "../../../../server/src/lsp/protocol";

/** The hashes of a report's pictures. */
export const hashesOf = (report: PanelReport | undefined): readonly string[] => (report?.pictures ?? []).map(({ hash }) => hash);

/** An answer with all its pictures: those that are as before, from before. */
export function whole(answer: ShortReport, before: PanelReport | undefined): PanelReport {
  const known = new Map((before?.pictures ?? []).map((picture) => [picture.hash, picture]));
  return { ...answer, pictures: answer.pictures.flatMap((picture) => ("svg" in picture ? picture : known.get(picture.hash)) ?? []) };
}

/** A report without the pictures that the other side has, by their hashes. */
export const shortened = (report: PanelReport, known: readonly string[]): ShortReport =>
  ({ ...report, pictures: report.pictures.map((picture) => (known.includes(picture.hash) ? { hash: picture.hash } : picture)) });
