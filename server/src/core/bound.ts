import type {
  Block, BlockDeclaration, Body, DeclarationKeyword, Identifier, ImportDeclaration, ImportName, LetDeclaration, Measured, Property, Require,
} from "../../../grammar/src";
import type { Dimension } from "../units";
import type { Diagnostic } from "./diagnostics";
import type { BlockSchema, PropertySpec } from "./schema";
import type { Source } from "./source";
import type { Value } from "./values";
import type { Workspace } from "./workspace";

/** A file with its names. */
export interface FileScope {
  readonly uri: string;
  readonly source: Source;
  readonly symbols: ReadonlyMap<string, FileSymbol>;
  /** Every `let` and block declaration in order, named or not. */
  readonly declarations: readonly (LetDeclaration | BlockDeclaration)[];
  readonly imports: readonly ResolvedImport[];
}

export interface ResolvedImport {
  readonly node: ImportDeclaration;
  /** `undefined` where the path cannot be an address; then `failure` says why. */
  readonly uri: string | undefined;
  readonly failure: string | undefined;
}

export type FileSymbol = LetSymbol | DeclarationSymbol | ImportedSymbol;

export interface LetSymbol {
  readonly kind: "let";
  readonly name: Identifier;
  readonly node: LetDeclaration;
  readonly uri: string;
}

export interface DeclarationSymbol {
  readonly kind: "declaration";
  readonly name: Identifier;
  readonly node: BlockDeclaration;
  readonly uri: string;
}

export interface ImportedSymbol {
  readonly kind: "imported";
  /** The local name. */
  readonly name: Identifier;
  readonly node: ImportName;
  readonly from: ResolvedImport;
  readonly uri: string;
}

/** A declaration with what it inherits. */
export interface BoundDeclaration {
  readonly keyword: DeclarationKeyword;
  /** Empty where the name is missing. */
  readonly name: string;
  readonly node: BlockDeclaration;
  readonly file: FileScope;
  readonly base: BoundDeclaration | undefined;
  readonly block: BoundBlock;
  readonly assertions: readonly BoundAssertion[];
  /** Problems of structure: unknown keys, blocks that do not merge. */
  readonly problems: readonly Diagnostic[];
}

export interface BoundBlock {
  readonly keyword: string;
  readonly variant: string | undefined;
  /** `undefined`: unknown, or open: then nothing in it is checked. */
  readonly schema: BlockSchema | undefined;
  /** Where it is written last: in an inherited block, the base's node. */
  readonly node: BlockDeclaration | Block;
  readonly body: Body | undefined;
  readonly file: FileScope;
  readonly parent: BoundBlock | undefined;
  /** The path that metrics and messages use: empty for the declaration, `attention[0]`, `precision`. */
  readonly path: string;
  readonly properties: ReadonlyMap<string, BoundProperty>;
  readonly blocks: readonly BoundBlock[];
  /** False for a block that stands in the base alone. */
  readonly own: boolean;
  /** Blocks of another kind that take layers away from this one (`extends`). */
  readonly replacedBy: readonly BoundBlock[];
}

export interface BoundProperty {
  readonly key: string;
  readonly spec: PropertySpec | undefined;
  readonly node: Property;
  /** Where it is written: names in its value are looked up there. */
  readonly file: FileScope;
  readonly inherited: boolean;
  /** The property of the base that this one takes the place of. */
  readonly overrides?: BoundProperty;
}

export type BoundAssertion =
  | { readonly kind: "require"; readonly node: Require; readonly file: FileScope; readonly inherited: boolean }
  | { readonly kind: "measured"; readonly node: Measured; readonly file: FileScope; readonly inherited: boolean };

/** The value a key has in a block, and where it comes from. */
export interface PropertyValue {
  readonly key: string;
  readonly spec: PropertySpec | undefined;
  /** As the schema takes it: a number in base units, a word, layer ranges …; `undefined` where absent or in error. */
  readonly plain: unknown;
  readonly value: Value | undefined;
  readonly origin: "written" | "inherited" | "default" | "absent";
  /** Where it is written; `undefined` for defaults and absent keys. */
  readonly property: BoundProperty | undefined;
  readonly problems: readonly Diagnostic[];
  /** The properties that its expression, or its default's, took values from, constants on the way included. */
  readonly reads: readonly PropertyValue[];
  /** The metrics that it took values from; what these rest on is not among `reads`. */
  readonly metrics: readonly string[];
}

/** The metrics, as far as expressions need them; the cost room stands behind it. */
export interface MetricLookup {
  ids(keyword: DeclarationKeyword): readonly string[];
  dimension(keyword: DeclarationKeyword, id: string): Dimension | undefined;
  value(workspace: Workspace, declaration: BoundDeclaration, id: string): MetricValue;
}

/** What a file could import and does not: the names of the standard library. */
export interface Library {
  /** The declarations of a name, each with the address to import it from. */
  find(name: string): readonly LibraryEntry[];
}

export interface LibraryEntry {
  readonly uri: string;
  readonly keyword: DeclarationKeyword;
}

export type MetricValue =
  | { readonly kind: "value"; readonly value: number }
  /** `otherPhase`: no plan of the phase of its workload has the metric, whatever else changes in it. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly otherPhase?: true };
