/**
 * Megatron argument files: `--num-layers 61 …` in a shell script or alone, and `num_layers: 61` in YAML. Read into the same
 * tree as JSON, so that every value knows where it stands. Shell variables are filled in where they were given a plain value.
 */
import type { JsonMember, JsonNode, JsonObject } from "./json";

export const looksLikeArguments = (text: string): boolean => /(^|\s)--num-layers\b|^\s*(--)?num[-_]layers\s*:/m.test(text);

export function readArgumentFile(text: string): JsonObject {
  const members = new Map<string, JsonMember>();
  const variables = new Map<string, string>();
  const put = (name: string, value: string, start: number): void => {
    members.set(name.replace(/^--/, "").replace(/-/g, "_"), { keyStart: start, value: valueNode(fill(value, variables), start) });
  };
  let start = 0;
  let flag: { readonly name: string; readonly start: number } | undefined;
  const close = (value: string): void => {
    if (flag) put(flag.name, value, flag.start);
    flag = undefined;
  };
  for (const line of text.split("\n")) {
    const content = line.replace(/(^|\s)#.*$/, "");
    const assigned = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(["']?)([^"'\s]*)\2\s*$/.exec(content);
    const yaml = /^\s*(?:- )?((?:--)?[A-Za-z_][\w-]*)\s*:\s*(\S.*)$/.exec(content);
    if (assigned) variables.set(assigned[1] ?? "", assigned[3] ?? "");
    else if (yaml && !/\s--\w/.test(yaml[2] ?? "")) put(yaml[1] ?? "", unquoted((yaml[2] ?? "").trim()), start + line.indexOf(yaml[1] ?? ""));
    else {
      for (const found of content.matchAll(/--[A-Za-z][\w-]*|"[^"]*"|'[^']*'|[^\s"'\\=]+/g)) {
        const [token] = found;
        if (token.startsWith("--")) {
          close("true");
          flag = { name: token, start: start + found.index };
        } else if (flag) close(unquoted(token));
      }
    }
    start += line.length + 1;
  }
  close("true");
  return { kind: "object", start: 0, members };
}

const unquoted = (value: string): string => value.replace(/^(["'])(.*)\1$/, "$2").replace(/\)$/, (end, at: number, whole: string) => (whole.slice(0, at).includes("(") ? end : ""));

const fill = (value: string, variables: ReadonlyMap<string, string>): string =>
  value.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (written, name: string) => variables.get(name) ?? written);

function valueNode(value: string, start: number): JsonNode {
  const scalar = (plain: string | number | boolean | null): JsonNode => ({ kind: "scalar", start, value: plain });
  if (/^(true|false)$/i.test(value)) return scalar(value.toLowerCase() === "true");
  if (/^(none|null|~)$/i.test(value)) return scalar(null);
  if (/^[-+]?\d[\d_]*(\.\d*)?([eE][-+]?\d+)?$/.test(value)) return scalar(Number(value.replace(/_/g, "")));
  const list = listOf(value);
  return list === undefined ? scalar(value) : { kind: "array", start, items: list.map(scalar) };
}

/** More layers than any list names; keeps `[1]*1000000000` from filling the memory. */
const longest = 10_000;

/** Python's list arithmetic, as layer patterns are written: `([0]*3+[1]*58)`. */
function listOf(value: string): readonly number[] | undefined {
  const text = value.replace(/\s/g, "").replace(/^\((.*)\)$/, "$1");
  if (!/^(\[[\d,]*\](\*\d+)?\+?)+$/.test(text)) return undefined;
  const list: number[] = [];
  for (const [, items = "", times = "1"] of text.matchAll(/\[([\d,]*)\](?:\*(\d+))?/g)) {
    const part = items.split(",").filter((item) => item !== "").map(Number);
    for (let time = 0; time < Math.min(Number(times), longest) && list.length < longest; time += 1) list.push(...part);
  }
  return list;
}
