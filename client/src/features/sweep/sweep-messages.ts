import type { FromSweep, SweepState } from "../../../webview/sweep/messages";
import { isDeclarationName } from "../../infrastructure/declaration-name";

/** What the page sends is checked: it shows names of the design, and no script but its own runs in it, but nothing rests on that. */
export function isFromSweep(message: unknown): message is FromSweep {
  if (!isRecord(message)) return false;
  switch (message["type"]) {
    case "run": case "cancel": case "go": return true;
    case "apply": case "compare": case "options": return typeof message["design"] === "number" && Number.isInteger(message["design"]) && message["design"] >= 0;
    case "copy": return typeof message["text"] === "string";
    default: return false;
  }
}

export const isSweepState = (state: unknown): state is SweepState =>
  isRecord(state) && isDeclarationName(state["target"]) && typeof state["isWanted"] === "boolean" && (state["view"] === undefined || isView(state["view"]));

const isView = (view: unknown): boolean =>
  isRecord(view) && isRecord(view["filters"]) && ["isDescending", "onlyFront", "logX", "logY"].every((name) => typeof view[name] === "boolean");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
