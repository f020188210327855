import type { Disposable, TaskDefinition, WorkspaceFolder } from "vscode";
import { l10n, ProcessExecution, Task, TaskGroup, tasks, TaskScope, workspace } from "vscode";
import { taskChoice, taskWords, type TaskChoice } from "./task-words";

const type = "dsco";

/**
 * The tasks of type `dsco`: the command line over the files of a folder, with the problem matcher `$dsco`. `program`: the path of
 * its bundle. The editor's own Node runs it, so that none has to be installed.
 */
export function registerTasks(program: string): Disposable {
  const taskOf = (definition: TaskDefinition, choice: TaskChoice, scope: WorkspaceFolder | TaskScope.Workspace, name: string): Task => {
    const folder = typeof scope === "object" ? scope.uri : undefined;
    const execution = new ProcessExecution(process.execPath, [program, ...taskWords(choice)], {
      // What runs extensions on a desktop is the editor itself; this makes it the Node that is in it.
      env: { ELECTRON_RUN_AS_NODE: "1" },
      ...(folder === undefined ? {} : { cwd: folder.fsPath }),
    });
    const matchers = choice.command === "check" ? [choice.watch ? "$dsco-watch" : "$dsco"] : [];
    const task = new Task(definition, scope, name, type, execution, matchers);
    if (choice.command === "check") task.group = TaskGroup.Build;
    task.isBackground = choice.watch;
    return task;
  };

  const offered = (folder: WorkspaceFolder): readonly Task[] => {
    const make = (choice: TaskChoice, name: string) => taskOf({ type, ...choice }, choice, folder, name);
    return [
      make({ command: "check", watch: false }, l10n.t("check all files")),
      make({ command: "check", watch: true }, l10n.t("check all files at every change")),
      make({ command: "check", file: "${relativeFile}", watch: false }, l10n.t("check this file")),
      make({ command: "report", file: "${relativeFile}", watch: false }, l10n.t("report of this file")),
    ];
  };

  return tasks.registerTaskProvider(type, {
    provideTasks: () => (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").flatMap(offered),
    // VS Code asks for the execution of a task of tasks.json and wants its definition back as it was.
    resolveTask: ({ definition, scope, name }) => {
      const choice = taskChoice(definition);
      return choice && taskOf(definition, choice, typeof scope === "object" ? scope : TaskScope.Workspace, name);
    },
  });
}
