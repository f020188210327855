import type { Disposable, ExtensionContext } from "vscode";
import { env, l10n, UIKind, Uri, version, window, workspace } from "vscode";
import { registerCommand } from "../../infrastructure/commands";
import type { Output } from "../../infrastructure/output";
import type { Server } from "../../infrastructure/server";
import { issueAddress, issueText } from "./issue-text";

interface Manifest {
  readonly version: string;
  readonly bugs: { readonly url: string };
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
}

/** `dsco.reportIssue`: versions, settings and the end of the log in a document that the user reads, completes and sends, or does not. */
export function registerIssueReport({ extension }: Pick<ExtensionContext, "extension">, server: Server, output: Output): Disposable {
  const manifest = extension.packageJSON as Manifest;
  return registerCommand<readonly []>("dsco.reportIssue", (reason) => l10n.t("dsco could not gather the report: {0}", reason), async () => {
    const content = issueText({
      dsco: manifest.version,
      editor: `${env.appName} ${version} (${env.uiKind === UIKind.Web ? "web" : "desktop"}, ${env.appHost}${env.remoteName === undefined ? "" : `, ${env.remoteName}`})`,
      system: systemText(),
      server: l10n.t("the server: {0}", server.state()),
      settings: changedSettings(Object.keys(manifest.contributes.configuration.properties)),
      log: output.recent(),
    });
    const document = await workspace.openTextDocument({ language: "markdown", content });
    await window.showTextDocument(document);
    const form = l10n.t("Open the Form");
    void window.showInformationMessage(l10n.t("Nothing has been sent. Complete the report, take out what is not for others, and send it when you like."), form).then(async (choice) => {
      if (choice !== form) return;
      const text = document.getText();
      await env.clipboard.writeText(text);
      await env.openExternal(Uri.parse(issueAddress(manifest.bugs.url, text), true));
    });
  });
}

/** In a browser there is no process; some pages put an empty one there. */
const systemText = (): string =>
  typeof process === "undefined" || typeof process.versions?.node !== "string" ? "browser" : `${process.platform} ${process.arch}, Node ${process.versions.node}`;

/** The settings whose value somebody wrote. */
function changedSettings(names: readonly string[]): Readonly<Record<string, unknown>> {
  const configuration = workspace.getConfiguration();
  return Object.fromEntries(names.flatMap((name) => {
    const found = configuration.inspect(name);
    const isWritten = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((value) => value !== undefined);
    return isWritten ? [[name, configuration.get(name)]] : [];
  }));
}
