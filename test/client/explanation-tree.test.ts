// The view of an explanation, in an editor that is played here.
import { expect, test, vi } from "vitest";
import { createExplanationTree } from "../../client/src/features/explanation/explanation-tree";
import type { Server } from "../../client/src/infrastructure/server";
import type { ExplainedFigure, StatedFigure } from "../../server/src/lsp/protocol";

interface Line {
  readonly node: { readonly label: string; readonly value: string };
}
const editor = vi.hoisted(() => ({
  revealed: [] as Line[], seen: (() => undefined) as () => void, view: { visible: true, message: "", description: "" }, provider: undefined as { readonly getChildren: () => Promise<readonly Line[]> } | undefined,
}));

vi.mock("vscode", () => ({
  Disposable: { from: () => ({ dispose: () => undefined }) },
  EventEmitter: class { event = () => undefined; fire = () => undefined; },
  commands: { executeCommand: () => Promise.resolve() },
  l10n: { t: (message: string, ...args: readonly string[]) => message.replace("{0}", args[0] ?? "") },
  window: {
    createTreeView: (_: string, { treeDataProvider }: { readonly treeDataProvider: { readonly getChildren: () => Promise<readonly Line[]> } }) => {
      editor.provider = treeDataProvider;
      return Object.assign(editor.view, {
        onDidChangeVisibility: (listener: () => void) => {
          editor.seen = listener;
        },
        reveal: (line: Line) => Promise.resolve(void editor.revealed.push(line)),
      });
    },
  },
}));

const figure = (metric: string) => ({ uri: "file:///a.dsco", declaration: "Train", metric });
const answers: { readonly metric: string; readonly give: (value: string) => void }[] = [];
const server = {
  request: (_: string, { metric }: StatedFigure) => new Promise((resolve) => {
    answers.push({ metric, give: (value) => resolve({ title: metric, value } as ExplainedFigure) });
  }),
  onNotification: () => undefined,
} as unknown as Server;
const root = async () => (await editor.provider?.getChildren())?.[0]?.node;

test("the view shows what was asked for last, is brought to the front each time, and follows again when it is seen again", async () => {
  const tree = createExplanationTree(server);
  const first = tree.show(figure("mfu"));
  const second = tree.show(figure("step_time"));
  answers[1]?.give("2 s");
  await second;
  answers[0]?.give("40 %");
  await first;
  expect(await root()).toMatchObject({ label: "step_time", value: "2 s" });
  expect([tree.shown()?.metric, editor.view.description, editor.revealed.length]).toEqual(["step_time", "Train", 1]);

  editor.view.visible = false;
  editor.seen();
  expect(answers).toHaveLength(2);
  const again = tree.show(figure("step_time"));
  answers[2]?.give("3 s");
  await again;
  expect(editor.revealed, "a reader who closed it and asks for a figure wants to see it").toHaveLength(2);

  editor.view.visible = true;
  editor.seen();
  answers[3]?.give("4 s");
  await vi.waitFor(async () => expect(await root()).toMatchObject({ value: "4 s" }));
});
