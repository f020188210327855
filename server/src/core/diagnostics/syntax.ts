import type { SyntaxErrorCode } from "../../../../grammar/src";
import { defineDiagnostic, type DiagnosticCode } from "./define";

type Written = { readonly message: string };
const message = (values: Written) => values.message;

const entry = (code: SyntaxErrorCode, title: string, explanation: string, example: string) =>
  defineDiagnostic<Written>({ code, severity: "error", title, explanation, example, message });

/** The grammar states its errors in the user's words; here they get their registry entries. */
export const syntaxDiagnostics: Readonly<Record<SyntaxErrorCode, DiagnosticCode<Written>>> = {
  DSCO1001: entry(
    "DSCO1001", "Unexpected text",
    "The text does not fit here. A block holds one `name = value`, one nested block or one statement a line, or several separated by commas.",
    "nic Card {\n  rate 400 Gbps\n}\n",
  ),
  DSCO1002: entry(
    "DSCO1002", "A value is missing",
    "A property, an operator or a list needs a value here. An expression goes on over a line end only inside parentheses or brackets.",
    "nic Card {\n  rate =\n}\n",
  ),
  DSCO1003: entry(
    "DSCO1003", "A block or bracket is not closed",
    "Every `{`, `(` and `[` needs its partner. The declarations after it are not affected.",
    "nic Card {\n  rate = 400 Gbps\n",
  ),
  DSCO1004: entry(
    "DSCO1004", "A string or comment is not closed",
    "A string ends on the line it starts on; `/*` needs a `*/`.",
    'import { H800 } from "std:hardware/nvidia\nlet memory = H800.memory\n',
  ),
  DSCO1005: entry(
    "DSCO1005", "A character the language has not",
    "The language is made of letters, digits, `_`, quotes, brackets and the operators. Elsewhere any character may stand in a comment or a string.",
    "nic Card {\n  rate = 400 Gbps ?\n}\n",
  ),
  DSCO1006: entry(
    "DSCO1006", "Nested too deeply",
    "Blocks, brackets and operators may nest 100 levels; no real design comes near it.",
    `let a = ${"(".repeat(600)}1${")".repeat(600)}\n`,
  ),
  DSCO1007: entry(
    "DSCO1007", "A malformed number",
    "A number has digits, `_` between digits, at most one point with a digit on both sides, and an exponent such as `1e-3`. It must fit a double (about 1.8e308).",
    "let a = 1e999\n",
  ),
};
