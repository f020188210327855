import type { FromReport, ReportState } from "../../../webview/report/messages";
import { isDeclarationName } from "../../infrastructure/declaration-name";

/** What the page sends is checked: it shows names of the design, and no script but its own runs in it, but nothing rests on that. */
export function isFromReport(message: unknown): message is FromReport {
  if (!isRecord(message)) return false;
  switch (message["type"]) {
    case "size": return typeof message["width"] === "number" && message["width"] > 0;
    case "go": return isRecord(message["to"]) && typeof message["to"]["uri"] === "string" && isPlace(message["to"]["place"]);
    case "explain": return isRecord(message["figure"]) && isDeclarationName(message["figure"]) && typeof message["figure"]["metric"] === "string";
    case "pin": return typeof message["pinned"] === "boolean";
    case "save": return message["format"] === "html" || (isPictureFormat(message["format"]) && typeof message["name"] === "string" && typeof message["data"] === "string");
    default: return false;
  }
}

export const isReportState = (state: unknown): state is ReportState =>
  isRecord(state) && (state["target"] === undefined || isDeclarationName(state["target"])) && typeof state["pinned"] === "boolean";

const isPictureFormat = (value: unknown): boolean => value === "svg" || value === "png";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

const isCount = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0;

const isPlace = (value: unknown): boolean => isRecord(value) && isCount(value["line"]) && isCount(value["character"]);
