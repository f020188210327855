import * as z from "zod";
import { openConfig, type Config, type RawConfig } from "../config";
import { noted, type BlockFacts, type FactValue, type Fact, type ModelFacts, type Remark } from "../facts";
import { precisionOf, precisionShape } from "../precision";
import { sharedShape } from "../shape";

type SharedShape = typeof sharedShape & typeof precisionShape;
export type SharedFields = z.output<z.ZodObject<SharedShape>>;
export type Fields<Shape extends z.ZodRawShape> = z.output<z.ZodObject<SharedShape & Shape>>;

/** What stands on each layer, counted from 0. */
export interface Network {
  readonly attention: (layer: number) => BlockFacts | undefined;
  readonly ffn: (layer: number) => BlockFacts | undefined;
  /** Multi-token prediction modules; none where left out. */
  readonly mtp?: number | undefined;
  /** Keys of the model itself that only this family has. */
  readonly head?: BlockFacts["values"];
}

/** A family of configs whose fields mean the same. */
export interface FamilySpec<Shape extends z.ZodRawShape> {
  /** As sentences name it: `DeepSeek-V3`. */
  readonly title: string;
  /** Values of `model_type`. */
  readonly modelTypes: readonly string[];
  /** Values of `architectures`, for configs that name no model type. */
  readonly architectures?: readonly string[];
  readonly shape: Shape;
  readonly required?: readonly (keyof Fields<Shape> & string)[];
  readonly renames?: Readonly<Record<string, keyof Fields<Shape> & string>>;
  /** Where the published code takes another value than "none". */
  readonly defaults?: Readonly<Partial<Record<keyof Fields<Shape> & string, unknown>>>;
  /** Fields that cost nothing, beyond those that cost nothing anywhere. */
  readonly ignored?: (field: string) => boolean;
  /** The head is the embedding where the config does not say. */
  readonly tied?: boolean;
  /** The number of layers, where the config says it otherwise than by `num_hidden_layers`. */
  readonly layers?: (config: Config<Fields<Shape>>) => number;
  readonly read: (config: Config<Fields<Shape>>) => Network;
}

export interface Family extends Pick<FamilySpec<z.ZodRawShape>, "title" | "modelTypes"> {
  readonly architectures: readonly string[];
  /** Throws `Stop` where the config has no model in it; the remarks say why. */
  readonly import: (raw: RawConfig, remarks: Remark[]) => ModelFacts;
}

const everywhere = ["num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads"] as const;

export function defineFamily<Shape extends z.ZodRawShape>(spec: FamilySpec<Shape>): Family {
  const schema = z.object({ ...sharedShape, ...precisionShape, ...spec.shape });
  return {
    title: spec.title,
    modelTypes: spec.modelTypes,
    architectures: spec.architectures ?? [],
    import: (raw, remarks) => {
      const options = { renames: spec.renames ?? {}, defaults: spec.defaults ?? {}, required: spec.required ?? everywhere, title: spec.title, ignored: spec.ignored ?? (() => false) };
      const { config: opened, finish } = openConfig(raw, schema, options, remarks);
      const own = opened as unknown as Config<Fields<Shape>>;
      const config = spec.layers ? { ...own, layers: spec.layers(own) } : own;
      const shared = config as unknown as Config<SharedFields>;
      const network = spec.read(config);
      const layers = Array.from({ length: shared.layers }, (_, layer) => layer);
      const [attention, ffn] = [layers.map(network.attention), layers.map(network.ffn)];
      const facts: ModelFacts = {
        family: spec.title,
        head: head(shared, spec.tied ?? false, spec.title, network.head),
        attention,
        ffn,
        mtp: network.mtp === undefined ? undefined : { values: { depth: network.mtp } },
        precision: precisionOf(shared, { experts: ffn.some((block) => block?.kind === "moe"), dense: ffn.some((block) => block?.kind === "dense") }),
      };
      finish();
      return facts;
    },
  };
}

function head(config: Config<SharedFields>, tied: boolean, title: string, more: BlockFacts["values"] = {}): BlockFacts {
  const written = config.get("tie_word_embeddings");
  config.skip("model_type", "num_hidden_layers");
  return {
    values: {
      layers: config.layers,
      hidden_size: config.need("hidden_size"),
      vocab_size: config.need("vocab_size"),
      tie_embeddings: tie(written, tied, title),
      max_context: config.get("max_position_embeddings"),
      ...more,
    },
  };
}

function tie(written: boolean | undefined, tied: boolean, title: string): FactValue | Fact | undefined {
  if (written === undefined) return tied ? noted(true, `not set: the default of ${title}`) : undefined;
  return written ? true : undefined;
}
