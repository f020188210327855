import type { Connection } from "vscode-languageserver";
import type { ClientTraits } from "./client-traits";
import type { Documents } from "./documents";
import type { Host } from "./host";
import type { LibraryFiles } from "./library-files";
import type { SettingsStore } from "./settings";
import { toEditor } from "./uris";
import type { WorkspaceState } from "./workspace-state";

export type Phase = "starting" | "running" | "ended";

/** What the handlers share: one editor, its texts and what is known of them. */
export interface Session {
  readonly connection: Connection;
  readonly host: Host;
  readonly documents: Documents;
  readonly state: WorkspaceState;
  /** `starting` until `initialize` was answered, `ended` from `shutdown` on. */
  readonly phase: () => Phase;
  /** Known from `initialize` on. */
  readonly client: () => ClientTraits;
  readonly settings: () => SettingsStore;
  readonly libraryFiles: LibraryFiles;
}

/** An address as the editor spells it, of a document that it has. */
export const editorUri = ({ documents }: Session, uri: string): string => documents.get(uri)?.editorUri ?? toEditor(uri);

/**
 * An address that the editor can open; `undefined` for a part of the standard library where the editor does not know its scheme and
 * no file holds it.
 */
export function openableUri(session: Session, uri: string): string | undefined {
  if (!uri.startsWith("std:") || session.client().readsLibrary || session.documents.get(uri)) return editorUri(session, uri);
  return session.libraryFiles.fileOf(uri);
}

/** Writes a fault where a developer finds it, and goes on. */
export function logFault({ connection }: Pick<Session, "connection">, what: string, fault: unknown): void {
  connection.console.error(`${what}: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
}
