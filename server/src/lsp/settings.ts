import type { FigureOptions } from "../analysis";
import type { DscoSettings } from "./protocol";

/** What the server does where the editor says nothing. */
export const defaultSettings: DscoSettings = {
  codeLens: { enabled: true }, inlayHints: { enabled: true }, sequenceLength: 4096, contextLength: null,
};

/** Settings from whatever an editor sends: a value that does not fit is as if it were not there. */
export function readSettings(value: unknown): DscoSettings {
  const given = recordOf(value);
  return {
    codeLens: { enabled: switchOf(given["codeLens"], defaultSettings.codeLens.enabled) },
    inlayHints: { enabled: switchOf(given["inlayHints"], defaultSettings.inlayHints.enabled) },
    sequenceLength: tokensOf(given["sequenceLength"]) ?? defaultSettings.sequenceLength,
    contextLength: tokensOf(given["contextLength"]) ?? defaultSettings.contextLength,
  };
}

export const figureOptions = ({ sequenceLength, contextLength }: DscoSettings): FigureOptions => ({
  sequenceLength, contextLength: contextLength ?? undefined,
});

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function switchOf(value: unknown, otherwise: boolean): boolean {
  const { enabled } = recordOf(value);
  return typeof enabled === "boolean" ? enabled : otherwise;
}

const tokensOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? value : undefined;

export interface SettingsStore {
  /** The settings for a document; asked of the editor once, then remembered until they change. */
  readonly of: (editorUri: string) => DscoSettings | Promise<DscoSettings>;
  /** The editor says that they changed; `pushed` holds them where the editor cannot be asked. */
  readonly changed: (pushed: unknown) => void;
  readonly forget: (editorUri: string) => void;
}

/** `ask` is undefined for an editor that cannot be asked: it pushes its settings instead. */
export function createSettings(initial: unknown, ask: ((editorUri: string) => Promise<unknown>) | undefined): SettingsStore {
  let pushed = readSettings(initial);
  const known = new Map<string, DscoSettings | Promise<DscoSettings>>();

  const request = (editorUri: string, from: (editorUri: string) => Promise<unknown>): Promise<DscoSettings> => {
    const asked: Promise<DscoSettings> = from(editorUri).then(readSettings, () => pushed).then((settings) => {
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
      if (ask === undefined) pushed = readSettings(recordOf(settings)["dsco"] ?? settings);
    },
    forget: (editorUri) => void known.delete(editorUri),
  };
}
