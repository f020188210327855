import { commands, Disposable, EventEmitter, l10n, MarkdownString, Position, Range, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri, window, type Command, type TreeDataProvider } from "vscode";
import type { ExplainParams, PanelPlace, StatedFigure } from "../../../../server/src/lsp/protocol";
import type { Server } from "../../infrastructure/server";
import { nodesOf, type ExplanationNode } from "./explanation-nodes";

/** The view `dsco.explanation` of the side bar: a figure as a tree of the metrics and facts that it came from. */
export interface ExplanationTree extends Disposable {
  /** Explains a figure and brings the view to the front, the focus stays where it is; never rejects. */
  readonly show: (figure: ExplainParams) => Promise<void>;
  /** What is explained now. */
  readonly shown: () => ExplainParams | undefined;
}

export const explanationFailure = (reason: string): string => l10n.t("dsco could not show the explanation: {0}", reason);

/** A line with those around it, by which VS Code knows it again. */
interface Line {
  readonly id: string;
  readonly node: ExplanationNode;
}

export function createExplanationTree(server: Server): ExplanationTree {
  let root: Line | undefined;
  let asked = 0;
  /** The lines below figures, as they were last. */
  const known = new Map<string, Line[]>();
  const changed = new EventEmitter<undefined>();
  const provider: TreeDataProvider<Line> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toItem,
    getChildren: async (line) => {
      if (!line) return root ? [root] : [];
      if (line.node.kind === "text") return [];
      if (line.node.kind !== "figure") return below(line, line.node.nodes);
      const explained = await server.request("dsco/explanationTree", line.node.figure).catch(() => undefined);
      // Without an answer, the last good one stays: the text has just changed, and is asked about again.
      if (explained === undefined) return known.get(line.id) ?? [];
      const lines = explained ? below(line, nodesOf(explained)) : [];
      known.set(line.id, lines);
      return lines;
    },
    getParent: (line) => (line.id === root?.id ? undefined : root),
  };
  const view = window.createTreeView("dsco.explanation", { treeDataProvider: provider, showCollapseAll: true });

  /** Makes a figure the root, unless another one was asked for meanwhile. */
  const setRoot = async (figure: StatedFigure): Promise<Line | undefined> => {
    const own = asked;
    const explained = await server.request("dsco/explanationTree", figure);
    if (own !== asked) return undefined;
    const name = `${figure.declaration}.${figure.metric}`;
    view.message = explained ? "" : l10n.t("{0} is not in the file any more.", name);
    return (root = { id: name, node: { kind: "figure", key: name, label: explained?.title ?? name, value: explained?.value ?? "", figure } });
  };
  const refresh = async (): Promise<void> => {
    if (root?.node.kind === "figure" && (await setRoot(root.node.figure))) changed.fire(undefined);
  };
  const follow = (): void => {
    if (view.visible) void refresh().catch(() => undefined);
  };
  const listening = Disposable.from(
    changed, view,
    // Hidden, it did not follow.
    view.onDidChangeVisibility(follow),
    server.onNotification("dsco/status", ({ state }) => {
      // A server that is busy with a newer text is asked again after that.
      if (state === "ready") follow();
    }),
  );

  return {
    dispose: () => listening.dispose(),
    shown: () => (root?.node.kind === "figure" ? root.node.figure : undefined),
    show: async (figure) => {
      try {
        asked += 1;
        const line = await setRoot(figure);
        if (!line) return;
        known.clear();
        await commands.executeCommand("setContext", "dsco.explains", true);
        changed.fire(undefined);
        view.description = figure.declaration;
        await view.reveal(line, { expand: true, select: true, focus: false });
      } catch (error) {
        void window.showErrorMessage(explanationFailure(error instanceof Error ? error.message : String(error)));
      }
    },
  };
}

const below = ({ id }: Line, nodes: readonly ExplanationNode[]): Line[] => nodes.map((node) => ({ id: `${id}/${node.key}`, node }));

const icons: Readonly<Record<ExplanationNode["kind"], string>> = { figure: "symbol-variable", group: "list-unordered", part: "symbol-ruler", fact: "symbol-constant", text: "info" };

function toItem({ id, node }: Line): TreeItem {
  const item = new TreeItem(node.label, stateOf(node));
  item.id = id;
  item.iconPath = new ThemeIcon(icons[node.kind]);
  item.contextValue = node.kind;
  if (node.kind === "group") return item;
  item.description = node.value;
  item.accessibilityInformation = { label: `${node.label}: ${node.value}` };
  item.tooltip = tipOf(node);
  const command = node.kind === "fact" ? node.to && goTo(node.to) : node.kind === "text" && node.link !== undefined ? openLink(node.link) : undefined;
  if (command) item.command = command;
  return item;
}

function stateOf(node: ExplanationNode): TreeItemCollapsibleState {
  if (node.kind === "text" || (node.kind !== "figure" && node.nodes.length === 0)) return TreeItemCollapsibleState.None;
  return TreeItemCollapsibleState.Collapsed;
}

/** The words of a design are shown as they are, never as commands. */
function tipOf(node: Exclude<ExplanationNode, { readonly kind: "group" }>): MarkdownString {
  switch (node.kind) {
    case "figure": return new MarkdownString().appendText(`${node.label}: ${node.value}`);
    case "part": return new MarkdownString().appendText(`${node.label}: ${node.value}`).appendCodeblock(node.tip === "" ? node.value : node.tip, "text");
    case "fact": return new MarkdownString(node.tip).appendText(`\n\n${node.value}`);
    case "text": return new MarkdownString().appendText(node.value);
  }
}

const goTo = ({ uri, place: { line, character } }: PanelPlace): Command => {
  const place = new Position(line, character);
  return { command: "vscode.open", title: l10n.t("Go to the Line"), arguments: [Uri.parse(uri, true), { selection: new Range(place, place), preserveFocus: false }] };
};

const openLink = (address: string): Command => ({ command: "vscode.open", title: l10n.t("Open the Paper"), arguments: [Uri.parse(address, true)] });
