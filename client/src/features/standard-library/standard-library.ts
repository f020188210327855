import type { Disposable } from "vscode";
import { l10n, workspace } from "vscode";
import { standardLibraryScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";

/** Opens `dsco-std:` documents read-only, so that a definition inside `std:hardware/nvidia` can be visited. */
export function registerStandardLibrary(server: Server): Disposable {
  return workspace.registerTextDocumentContentProvider(standardLibraryScheme, {
    provideTextDocumentContent: async (uri, token) => {
      const source = await server.request("dsco/sourceText", { uri: uri.toString() }, token);
      return source?.text ?? `// ${l10n.t("The standard library has no file {0}.", uri.path)}\n`;
    },
  });
}
