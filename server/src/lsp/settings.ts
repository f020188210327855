import type { FigureOptions } from "../analysis";
import { hintKinds, lensKinds, type HintKind, type LensKind } from "../ide";
import { diagnosticEntries } from "../rules";
import { isRecord } from "./params";
import type { DscoSettings, SeverityOverride } from "./protocol";

/** What the server does where the editor says nothing. */
export const defaultSettings: DscoSettings = {
  codeLens: { enabled: true, models: true, hardware: true, layouts: true, plans: true, actions: true },
  inlayHints: { enabled: true, derivedValues: true, defaults: true, measuredRatios: true },
  diagnostics: { severity: {} },
  sequenceLength: 4096,
  contextLength: null,
};

/** Settings from whatever an editor sends: a value that does not fit is as if it were not there. */
export function readSettings(value: unknown): DscoSettings {
  const given = recordOf(value);
  return {
    codeLens: switchesOf(given["codeLens"], defaultSettings.codeLens),
    inlayHints: switchesOf(given["inlayHints"], defaultSettings.inlayHints),
    diagnostics: { severity: overridesOf(severityIn(given)) },
    sequenceLength: tokensOf(given["sequenceLength"]) ?? defaultSettings.sequenceLength,
    contextLength: tokensOf(given["contextLength"]) ?? defaultSettings.contextLength,
  };
}

/** What of the settings nothing can be made of, a sentence each. */
export function settingsProblems(value: unknown): readonly string[] {
  const given = recordOf(value);
  const wrong = (name: string, found: unknown, takes: string) => `The setting \`dsco.${name}\` is ${JSON.stringify(found)}: it takes ${takes}.`;
  const switches = (["codeLens", "inlayHints"] as const).flatMap((group) => Object.keys(defaultSettings[group]).flatMap((name) => {
    const found = recordOf(given[group])[name];
    return found === undefined || typeof found === "boolean" ? [] : [wrong(`${group}.${name}`, found, "true or false")];
  }));
  const lengths = (["sequenceLength", "contextLength"] as const).flatMap((name) => {
    const found = given[name];
    const isLeftOut = found === undefined || found === null;
    return isLeftOut || tokensOf(found) !== undefined ? [] : [wrong(name, found, "a whole number of tokens")];
  });
  return [...switches, ...lengths, ...severityProblems(severityIn(given))];
}

function severityProblems(severity: unknown): readonly string[] {
  const codes = new Set<string>(diagnosticEntries.map(({ code }) => code));
  if (severity !== undefined && !isRecord(severity)) return ["The setting `dsco.diagnostics.severity` is no table of codes."];
  return Object.entries(recordOf(severity)).flatMap(([code, wanted]) => [
    ...(codes.has(code) ? [] : [`The setting \`dsco.diagnostics.severity\` names ${JSON.stringify(code)}, which is no code of dsco.`]),
    ...(isSeverity(wanted) ? [] : [`The setting \`dsco.diagnostics.severity\` gives ${code} the severity ${JSON.stringify(wanted)}: it takes ${severities.map((each) => `"${each}"`).join(", ")}.`]),
  ]);
}

export const figureOptions = ({ sequenceLength, contextLength }: DscoSettings): FigureOptions => ({
  sequenceLength, contextLength: contextLength ?? undefined,
});

/** The kinds of lenses that are shown; none where lenses are off. */
export const lensesOf = ({ codeLens }: DscoSettings): ReadonlySet<LensKind> => new Set(codeLens.enabled ? lensKinds.filter((kind) => codeLens[kind]) : []);

/** The kinds of hints that are shown; none where hints are off. */
export const hintsOf = ({ inlayHints }: DscoSettings): ReadonlySet<HintKind> => new Set(inlayHints.enabled ? hintKinds.filter((kind) => inlayHints[kind]) : []);

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Each switch of a group as it is given, or as it is by default. */
function switchesOf<Group extends Readonly<Record<string, boolean>>>(value: unknown, usual: Group): Group {
  const given = recordOf(value);
  return Object.fromEntries(Object.entries(usual).map(([name, otherwise]) => [name, typeof given[name] === "boolean" ? given[name] : otherwise])) as Group;
}

const severityIn = (given: Readonly<Record<string, unknown>>): unknown => recordOf(given["diagnostics"])["severity"];

const severities = ["off", "hint", "information", "warning", "error"] as const satisfies readonly SeverityOverride[];

const isSeverity = (value: unknown): value is SeverityOverride => severities.some((severity) => severity === value);

const overridesOf = (value: unknown): Readonly<Record<string, SeverityOverride>> =>
  Object.fromEntries(Object.entries(recordOf(value)).flatMap(([code, severity]) => (isSeverity(severity) ? [[code, severity]] : [])));

const tokensOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? value : undefined;

export interface SettingsStore {
  /** The settings for a document; asked of the editor once, then remembered until they change. */
  readonly of: (editorUri: string) => DscoSettings | Promise<DscoSettings>;
  /** The editor says that they changed; `pushed` holds them where the editor cannot be asked. */
  readonly changed: (pushed: unknown) => void;
  /** A folder has come or gone: an editor that can be asked may give other answers. */
  readonly foldersChanged: () => void;
  readonly forget: (editorUri: string) => void;
}

/** `ask` is undefined for an editor that cannot be asked: it pushes its settings instead. `warn` is told each problem once. */
export function createSettings(
  initial: unknown, ask: ((editorUri: string) => Promise<unknown>) | undefined, warn: (problem: string) => void = () => undefined,
): SettingsStore {
  const told = new Set<string>();
  const read = (value: unknown): DscoSettings => {
    for (const problem of settingsProblems(value)) {
      if (!told.has(problem)) warn(problem);
      told.add(problem);
    }
    return readSettings(value);
  };
  let pushed = read(initial);
  const known = new Map<string, DscoSettings | Promise<DscoSettings>>();

  const request = (editorUri: string, from: (editorUri: string) => Promise<unknown>): Promise<DscoSettings> => {
    const asked: Promise<DscoSettings> = from(editorUri).then(read, () => pushed).then((settings) => {
      if (known.get(editorUri) === asked) known.set(editorUri, settings);
      return settings;
    });
    known.set(editorUri, asked);
    return asked;
  };

  return {
    of: (editorUri) => (ask === undefined ? pushed : (known.get(editorUri) ?? request(editorUri, ask))),
    changed: (settings) => {
      known.clear();
      if (ask === undefined) pushed = read(recordOf(settings)["dsco"] ?? settings);
    },
    foldersChanged: () => known.clear(),
    forget: (editorUri) => void known.delete(editorUri),
  };
}
