import type { Command } from "vscode-languageserver";
import type { ActionLens, SweepLens } from "../ide";
import { formatGrouped } from "../units";
import type { DscoCommands, ExplainParams } from "./protocol";

const titles: Readonly<Record<ActionLens["action"], string>> = { report: "Report", compare: "Compare…", import: "Import a Model's Config…" };

/** What a click on a figure runs. */
export const explanationCommand = (title: string, figure: ExplainParams): Command => commandWith("dsco.showExplanation", title, figure);

/** What a click on an action runs. `uri`: the document, as the editor spells it. */
export function actionCommand({ action, declaration = "" }: ActionLens, uri: string): Command {
  const title = titles[action];
  switch (action) {
    case "report": return commandWith("dsco.openReportPanel", title, { uri, declaration });
    case "compare": return commandWith("dsco.compareWith", title, { uri, declaration });
    case "import": return commandWith("dsco.importConfig", title, { into: uri });
  }
}

/** What a click on a sweep runs; an editor that runs no commands is told how many designs there are. */
export function sweepCommand({ declaration, size, searched }: SweepLens, uri: string, runsCommands: boolean): Command {
  const designs = `${formatGrouped(size)} ${size === 1 ? "design" : "designs"}`;
  const title = searched === undefined ? `Run · ${designs}` : `Search · ${formatGrouped(searched)} of ${designs}`;
  return runsCommands ? commandWith("dsco.runSweep", title, { uri, declaration }) : { title: designs, command: "" };
}

const commandWith = <Name extends keyof DscoCommands>(command: Name, title: string, ...args: DscoCommands[Name]): Command => ({ title, command, arguments: [...args] });
