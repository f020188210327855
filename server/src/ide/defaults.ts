import { implicitBlock, settledValue, type BoundBlock, type PropertySpec, type PropertyValue, type Workspace } from "../core";
import { plainProperty } from "./describe";
import { code } from "./markdown";

/** A default that an author did not write. */
export interface UsualValue {
  /** `head_dim = 16`, `precision.weights = bf16` */
  readonly text: string;
  /** Whose default it is. Markdown. */
  readonly source: string;
  readonly property: PropertyValue;
}

/** The defaults that a block takes, with those of blocks inside it that nobody wrote, such as `precision`. */
export function defaultsOf(workspace: Workspace, block: BoundBlock, prefix = ""): readonly UsualValue[] {
  const { schema } = block;
  if (!schema) return [];
  const own = [...schema.properties.values()].flatMap((spec): readonly UsualValue[] => {
    const property = settledValue(workspace, block, spec.key);
    return property.origin === "default" && property.value !== undefined
      ? [{ text: `${prefix}${spec.key} = ${plainProperty(property)}`, source: defaultText(spec), property }] : [];
  });
  const inner = schema.children.flatMap(({ keyword, hasKinds }) => {
    const implicit = hasKinds ? undefined : implicitBlock(workspace, block, keyword);
    return implicit ? defaultsOf(workspace, implicit, `${prefix}${keyword}.`) : [];
  });
  return [...own, ...inner];
}

/** Whose default a value is, with its source. Markdown. */
export function defaultText(spec: PropertySpec | undefined): string {
  const usual = spec?.default;
  if (!usual) return "";
  return usual.firstWritten ? `(${usual.source})` : `${code(usual.expression)} (${usual.source})`;
}
