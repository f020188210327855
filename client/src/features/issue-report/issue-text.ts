import { l10n } from "vscode";

/** What a report of a fault says of its surroundings. Nothing of the user's designs. */
export interface IssueFacts {
  readonly dsco: string;
  readonly editor: string;
  readonly system: string;
  readonly server: string;
  /** The settings of dsco that are not at their default, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The last lines of the log, the oldest first. */
  readonly log: readonly string[];
}

/** The report as Markdown, with places for what only the user knows. */
export function issueText({ dsco, editor, system, server, settings, log }: IssueFacts): string {
  const entries = Object.entries(settings);
  return [
    `## ${l10n.t("What happened")}`,
    l10n.t("Say what you did, what you expected and what came instead. The smallest design that shows it helps most."),
    "```dsco\n\n```",
    `## ${l10n.t("Where")}`,
    [`* dsco ${dsco}`, `* ${editor}`, `* ${system}`, `* ${server}`].join("\n"),
    `## ${l10n.t("Settings that are not at their default")}`,
    entries.length === 0 ? l10n.t("None.") : fenced("json", JSON.stringify(settings, null, 2)),
    `## ${l10n.t("The end of the log")}`,
    log.length === 0 ? l10n.t("It is empty.") : fenced("text", log.join("\n")),
  ].join("\n\n") + "\n";
}

/** A fence longer than any in the text, which therefore cannot end it. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Browsers and servers take addresses of about 8,000 characters. */
const longestAddress = 7000;

/** The address of a form with the report in it; without it where it would be too long: the user pastes it then. */
export function issueAddress(bugs: string, text: string): string {
  const address = `${bugs}/new?body=${encodeURIComponent(text)}`;
  return address.length <= longestAddress ? address : `${bugs}/new`;
}
