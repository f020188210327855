import * as z from "zod";
import { didYouMean, nearest } from "../core";
import { WrongUse } from "../design";
import type { Cancellation } from "../rules";
import type { AgentFiles } from "./files";

/** What a tool may do beside its own arithmetic: read, and let others speak. It cannot write. */
export interface AgentContext {
  readonly files: AgentFiles;
  readonly cancellation: Cancellation;
  /** Resolves after a moment in which messages that have arrived (a cancellation among them) are handed out. Throws `Cancelled`. */
  readonly pause: () => Promise<void>;
}

/** What a tool answers: text for a model to read, and the same as data. */
export interface Answer<Data> {
  readonly text: string;
  readonly data: Data;
}

export type ToolAnswer =
  | ({ readonly kind: "answer" } & Answer<Readonly<Record<string, unknown>>>)
  /** Why there is no answer, in sentences that say what to do. */
  | { readonly kind: "error"; readonly text: string };

/** A tool as its doors (MCP, VS Code) see it. */
export interface AgentTool {
  /** `what_if` */
  readonly name: string;
  /** For menus. */
  readonly title: string;
  /** One sentence for the user who decides whether a model may call it. */
  readonly summary: string;
  /** For a model that has never seen dsco. */
  readonly description: string;
  /** JSON Schemas (draft 7) of what it takes and of the data that it gives. */
  readonly inputSchema: () => JsonSchema;
  readonly outputSchema: () => JsonSchema;
  /** Never throws for an input, whatever it is; throws `Cancelled` when asked to stop. */
  readonly call: (input: unknown, context: AgentContext) => Promise<ToolAnswer>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

interface ToolSpec<Input extends z.ZodObject, Output extends z.ZodObject> extends Pick<AgentTool, "name" | "title" | "summary" | "description"> {
  readonly input: Input;
  readonly output: Output;
  readonly run: (input: z.output<Input>, context: AgentContext) => Promise<Answer<z.output<Output>>>;
}

/** A tool from its schemas: they make the JSON Schemas, and check every input. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(spec: ToolSpec<Input, Output>): AgentTool {
  const { name, title, summary, description, input, output, run } = spec;
  return {
    name, title, summary, description,
    inputSchema: () => jsonSchema(input, "input"),
    outputSchema: () => jsonSchema(output, "output"),
    call: async (given, context) => {
      const read = input.safeParse(withoutNulls(given));
      if (!read.success) return { kind: "error", text: problemsText(name, input, read.error.issues) };
      try {
        await context.pause();
        return { kind: "answer", ...(await run(read.data, context)) };
      } catch (fault) {
        if (fault instanceof WrongUse) return { kind: "error", text: fault.problems.map(sentence).join("\n") };
        throw fault;
      }
    },
  };
}

function jsonSchema(schema: z.ZodObject, io: "input" | "output"): JsonSchema {
  const made = z.toJSONSchema(schema, { target: "draft-7", io, override: ({ jsonSchema: part }) => withoutSafeBounds(part) });
  return Object.fromEntries(Object.entries(made).filter(([key]) => key !== "$schema"));
}

/** That a whole number is one which JavaScript can hold is nothing that a model has to read. */
function withoutSafeBounds(part: z.core.JSONSchema.BaseSchema): void {
  if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
  if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
}

/** Models write `null` for what they leave out. */
function withoutNulls(given: unknown): unknown {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

const sentence = (text: string): string => (/[.?:…]$/.test(text) || text.startsWith("  ") ? text : `${text}.`);

function problemsText(tool: string, input: z.ZodObject, issues: readonly z.core.$ZodIssue[]): string {
  const known = Object.keys(input.shape);
  const lines = issues.slice(0, 10).flatMap((issue) => {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
      return issue.keys.map((key) => `  there is no \`${key}\`${didYouMean(nearest(key, known))}`);
    }
    const place = issue.path.length === 0 ? "" : `\`${placeOf(issue.path)}\`: `;
    return [`  ${place}${issue.message}`];
  });
  return [`The input of \`${tool}\` is not valid:`, ...lines, `It takes ${known.map((key) => `\`${key}\``).join(", ")}.`].join("\n");
}

/** `edits[0].old_text` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`)).join("");
