import { diagnosticEntries } from "../../server/src/rules";
import { code, page, table } from "./markdown";

interface Setting {
  readonly type: string | readonly string[];
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly markdownDescription: string;
  readonly propertyNames?: { readonly enum: readonly string[] };
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

const severitySetting = "dsco.diagnostics.severity";

/** package.json with the codes that have a severity: the editor offers and checks them in its settings. Everything else stays as it is. */
export function manifestDocument(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  const { properties } = manifest.contributes.configuration;
  const severity = properties[severitySetting];
  if (!severity) throw new Error(`package.json has no ${severitySetting}`);
  const withCodes = { ...properties, [severitySetting]: { ...severity, propertyNames: { enum: diagnosticEntries.map((entry) => entry.code) } } };
  return `${JSON.stringify({ ...manifest, contributes: { ...manifest.contributes, configuration: { ...manifest.contributes.configuration, properties: withCodes } } }, null, 2)}\n`;
}

/** Every setting and every command of the editor, as the manifest has them. `texts`: package.nls.json. */
export function settingsDocument(manifestText: string, textsText: string): string {
  const texts = JSON.parse(textsText) as Readonly<Record<string, string>>;
  const localized = (text: string): string => texts[/^%(.+)%$/.exec(text)?.[1] ?? ""] ?? text;
  const { commands, configuration } = (JSON.parse(manifestText) as Manifest).contributes;
  const settings = Object.entries(configuration.properties).sort(([, left], [, right]) => left.order - right.order);
  return page(
    "# Settings and commands",
    "Settings of scope *resource* may differ from folder to folder. Another editor sends them as the section `dsco` (`workspace/configuration`, or `workspace/didChangeConfiguration` with `{ \"dsco\": { … } }`, or as `initializationOptions`). A value that does not fit is named once in the server's log and counts as left out.",
    table(["setting", "takes", "default", "scope", "what it does"], settings.map(([name, setting]) => [
      code(name), takes(setting), code(JSON.stringify(setting.default)), setting.scope, localized(setting.markdownDescription) + choices(setting, localized),
    ])),
    "## Commands",
    table(["command", "in the palette"], commands.map(({ command, title, category }) => [code(command), `${category === undefined ? "" : `${category}: `}${localized(title)}`])),
  );
}

const takes = ({ type }: Setting): string => [type].flat().map(code).join(" or ");

const choices = ({ enum: words = [], enumDescriptions = [] }: Setting, localized: (text: string) => string): string =>
  words.map((word, index) => ` ${code(word)}: ${localized(enumDescriptions[index] ?? "")}`).join("");
