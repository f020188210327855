/**
 * A config while it is read: typed by the shape of its family, with the place of every field, and with a note of which
 * fields were asked for. What nobody asked for and is not known to cost nothing gets reported.
 */
import type * as z from "zod";
import { nearest } from "../core";
import { fieldsWithoutCost } from "../core/without-cost";
import type { Remark } from "./facts";
import { isNoise } from "./ignored";
import { plainValue, type JsonObject } from "./json";

export interface Config<Fields> {
  /** The value of a field; `undefined` where the config does not set it. */
  readonly get: <Key extends keyof Fields & string>(key: Key) => Fields[Key];
  /** The same of a field without which there is no model. Throws `Stop`, with an error noted, where it is absent. */
  readonly need: <Key extends keyof Fields & string>(key: Key) => NonNullable<Fields[Key]>;
  /** Whether the config itself sets it, whatever the family's default is. */
  readonly has: (key: keyof Fields & string) => boolean;
  /** The same, or it says `null`. */
  readonly mentions: (key: keyof Fields & string) => boolean;
  /** Fields that say nothing here, given what others say. */
  readonly skip: (...keys: readonly (keyof Fields & string)[]) => void;
  readonly doubt: (message: string, key?: keyof Fields & string) => void;
  /** Notes an error and throws `Stop`. */
  readonly fail: (message: string, key?: keyof Fields & string) => never;
  readonly layers: number;
}

/** Ends the reading; what was wrong stands among the remarks. Caught at the room's door. */
export class Stop extends Error {}

/** A config as it lies in the file: the part that describes the decoder, and what stands around it. */
export interface RawConfig {
  readonly root: JsonObject;
  /** `root`, or what `text_config` of a multimodal model holds. */
  readonly main: JsonObject;
  readonly mainPath: readonly string[];
}

/** Parts of multimodal configs in which the language model stands. */
const languageParts = ["text_config", "language_config", "llm_config", "thinker_config"];

export function rawConfig(root: JsonObject): RawConfig {
  let main = root;
  const mainPath: string[] = [];
  for (let key = languagePart(main); key !== undefined; key = languagePart(main)) {
    const inner = main.members.get(key)?.value;
    if (inner?.kind !== "object") break;
    main = inner;
    mainPath.push(key);
  }
  return { root, main, mainPath };
}

const languagePart = (object: JsonObject): string | undefined =>
  languageParts.find((key) => object.members.get(key)?.value.kind === "object");

/** Fields that multimodal configs keep beside the language model's and that are about it. */
const sharedWithOuter = ["tie_word_embeddings", "torch_dtype", "dtype", "quantization_config", "compression_config", "vocab_size"];

export interface ReadOptions {
  /** What the family calls a field that others know under a name of the shared shape: `n_layers` for `num_hidden_layers`. */
  readonly renames: Readonly<Record<string, string>>;
  /** What the family's own code takes where the config sets nothing. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly title: string;
  readonly ignored: (field: string) => boolean;
}

/** Reads the fields by their shape. Throws `Stop` where a value is not of its type or a required one is missing. */
export function openConfig<Shape extends z.ZodRawShape>(
  raw: RawConfig, schema: z.ZodObject<Shape>, options: ReadOptions, remarks: Remark[],
): { readonly config: Config<z.output<z.ZodObject<Shape>>>; readonly finish: () => void } {
  type Fields = z.output<z.ZodObject<Shape>>;
  const { values, places, nulls } = gather(raw, options.renames, remarks);
  // What a file sets to null is "none"; a default stands for what it leaves out.
  const defaults: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(options.defaults).filter(([key]) => !nulls.has(key)));
  const pathOf = (key: string): readonly PropertyKey[] => places.get(key) ?? raw.mainPath;
  // Where the config keeps to the family's own names, so does a message about what is missing.
  const ownNames = [...places].some(([key, path]) => path.at(-1) !== key) ? Object.entries(options.renames) : [];
  const nameOf = (key: string): string => String(places.get(key)?.at(-1) ?? ownNames.find(([, to]) => to === key)?.[0] ?? key);
  const fail = (message: string, path: readonly PropertyKey[]): never => {
    remarks.push({ severity: "error", message, path });
    throw new Stop(message);
  };

  const parsed = schema.safeParse({ ...defaults, ...values });
  const missing = options.required.filter((key) => values[key] === undefined && defaults[key] === undefined);
  const unknown = [...places.keys()].filter((key) => !Object.hasOwn(schema.shape, key));
  for (const key of missing) {
    const slip = slipOf(nameOf(key), unknown);
    remarks.push({ severity: "error", message: `\`${nameOf(key)}\` is missing: ${options.title} needs it${slip === undefined ? "" : `, and \`${slip}\` is no field`}`, path: slip === undefined ? raw.mainPath : pathOf(slip) });
  }
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const [key = "", ...rest] = issue.path;
      const name = [nameOf(String(key)), ...rest].join(".");
      remarks.push({ severity: "error", message: `\`${name}\` ${issue.message}`, path: [...pathOf(String(key)), ...rest] });
    }
  }
  if (!parsed.success || missing.length > 0) throw new Stop("fields");

  const fields = parsed.data as Fields;
  const asked = new Set<string>();
  const get = <Key extends keyof Fields & string>(key: Key): Fields[Key] => {
    if (!asked.has(key) && values[key] === undefined && typeof defaults[key] === "number") {
      remarks.push({ severity: "doubt", message: `\`${nameOf(key)}\` is not set: ${options.title} takes ${defaults[key].toLocaleString("en-US")}`, path: raw.mainPath });
    }
    asked.add(key);
    return fields[key];
  };
  const config: Config<Fields> = {
    get,
    need: (key) => {
      const value = get(key);
      return value === undefined || value === null ? fail(`\`${nameOf(key)}\` is missing: ${options.title} needs it`, raw.mainPath) : value;
    },
    has: (key) => values[key] !== undefined,
    mentions: (key) => values[key] !== undefined || nulls.has(key),
    skip: (...keys) => keys.forEach((key) => asked.add(key)),
    doubt: (message, key) => void remarks.push({ severity: "doubt", message, path: key === undefined ? [] : pathOf(key) }),
    fail: (message, key) => fail(message, key === undefined ? raw.mainPath : pathOf(key)),
    layers: Number((fields as Record<string, unknown>)["num_hidden_layers"]),
  };
  const unset = Object.keys(schema.shape).filter((key) => !places.has(key)).map(nameOf);
  return { config, finish: () => reportUnread(raw, places, asked, unset, options.ignored, remarks) };
}

/** The decoder's fields under the names of the shared shape, with where each stands; `nulls`: those that the file says have no value. */
function gather(raw: RawConfig, renames: Readonly<Record<string, string>>, remarks: Remark[]) {
  const values = Object.create(null) as Record<string, unknown>; // a config may have a field `constructor`
  const places = new Map<string, readonly PropertyKey[]>();
  const nulls = new Set<string>();
  const take = (object: JsonObject, path: readonly string[], wanted: (key: string) => boolean): void => {
    for (const [key, { value }] of object.members) {
      const plain = withoutNulls(plainValue(value));
      const name = Object.hasOwn(renames, key) ? renames[key] ?? key : key;
      if (!wanted(key) || name === "__proto__") continue;
      if (plain === undefined) {
        nulls.add(name);
        continue;
      }
      if (values[name] !== undefined) {
        if (JSON.stringify(values[name]) !== JSON.stringify(plain) && object === raw.main) {
          remarks.push({ severity: "doubt", message: `\`${key}\` says otherwise than \`${String(places.get(name)?.at(-1))}\`: the first one counts`, path: [...path, key] });
        }
        continue;
      }
      values[name] = plain;
      places.set(name, [...path, key]);
    }
  };
  take(raw.main, raw.mainPath, () => true);
  if (raw.main !== raw.root) take(raw.root, [], (key) => sharedWithOuter.includes(key));
  return { values, places, nulls };
}

/** Hugging Face writes `null` for "not set". */
function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])));
}

function reportUnread(raw: RawConfig, places: ReadonlyMap<string, readonly PropertyKey[]>, asked: ReadonlySet<string>, unset: readonly string[], ignored: (field: string) => boolean, remarks: Remark[]): void {
  for (const [key, path] of places) {
    if (!asked.has(key) && !ignored(key)) report(key, path, unset, remarks);
  }
  if (raw.main === raw.root) return;
  for (const [key, { value }] of raw.root.members) {
    if (key === raw.mainPath[0] || (value.kind === "scalar" && value.value === null) || sharedWithOuter.includes(key)) continue;
    report(key, [key], [], remarks);
  }
}

/** The field that a name is a slip of: written otherwise, or a letter or two off. A longer or a shorter name is another field. */
function slipOf(name: string, fields: readonly string[]): string | undefined {
  const near = nearest(name, fields);
  return near !== undefined && Math.abs(near.replace(/_/g, "").length - name.replace(/_/g, "").length) <= 1 ? near : undefined;
}

/** `unset`: the fields that the architecture reads and the config does not set. */
function report(key: string, path: readonly PropertyKey[], unset: readonly string[], remarks: Remark[]): void {
  const name = String(path.at(-1));
  if (/^(vision|audio|speech|sound|talker|projector|code2wav|token2wav)_?(config|tower)?$/.test(name)) {
    remarks.push({ severity: "doubt", message: `\`${name}\` is left out: only the language model is counted`, path });
    return;
  }
  if (fieldsWithoutCost.has(key) || fieldsWithoutCost.has(name) || isNoise(name)) return;
  const near = slipOf(name, unset);
  remarks.push({ severity: "doubt", message: `\`${name}\` is not understood: the figures may miss it${near === undefined ? "" : ` (\`${near}\` is read, and not set)`}`, path });
}
