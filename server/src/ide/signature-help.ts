import { functionNames, fileScope, type Position, type Workspace } from "../core";
import { statementBefore } from "./completion/writing";
import { functionDocumentation, functionParameters } from "./words";

/** A function that is being called, and which of its arguments the cursor stands in. */
export interface Signature {
  /** `min(value, …)` */
  readonly label: string;
  /** Markdown. */
  readonly documentation: string;
  /** Each as it stands in the label, in order. */
  readonly parameters: readonly { readonly label: string; readonly documentation: string }[];
  readonly activeParameter: number;
}

/** The innermost call around a position, also one that is not closed yet; `undefined` where there is none. */
export function signatureHelp(workspace: Workspace, uri: string, position: Position): Signature | undefined {
  const scope = fileScope(workspace, uri);
  if (!scope) return undefined;
  const { text, lines, parsed } = scope.source;
  const offset = lines.offset(position);
  if (parsed.file.comments.some(({ start, end }) => start < offset && offset < end)) return undefined;
  const chunk = parsed.chunks.findLast(({ start }) => start <= offset)?.start ?? 0;
  const statement = statementBefore(text, chunk, offset);
  const call = statement.inString ? undefined : innermostCall(statement.text);
  const parameters = call && functionParameters[call.name];
  if (!call || !parameters) return undefined;
  const label = `${call.name}(${parameters.map((parameter) => parameter.label).join(", ")})`;
  return { label, documentation: functionDocumentation[call.name] ?? "", parameters, activeParameter: Math.min(call.argument, parameters.length - 1) };
}

interface Call {
  readonly name: string;
  /** How many commas of its own stand before the cursor. */
  readonly argument: number;
}

/** Read from its end: the first opening parenthesis that nothing closes. */
function innermostCall(text: string): Call | undefined {
  let depth = 0;
  let argument = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const character = text.charAt(at);
    if (character === ")" || character === "]") depth += 1;
    else if (character === "(" || character === "[") {
      if (depth === 0) {
        const name = character === "(" ? /([A-Za-z]\w*)\s*$/.exec(text.slice(0, at))?.[1] : undefined;
        if (name !== undefined && functionNames.includes(name)) return { name, argument };
        argument = 0;
      } else depth -= 1;
    } else if (character === "," && depth === 0) argument += 1;
  }
  return undefined;
}
