import { expect, test } from "vitest";
import { taskChoice, taskWords } from "../../client/src/features/tasks/task-words";
import { tiny } from "../server/cli/designs";
import { runIn } from "../server/cli/memory-host";

test.each([
  [{ type: "dsco", command: "check" }, ["check"]],
  [{ type: "dsco", command: "check", watch: true }, ["check", "--watch"]],
  [{ type: "dsco", command: "check", file: "a b.dsco" }, ["check", "--", "a b.dsco"]],
  [{ type: "dsco", command: "report", file: "--odd.dsco" }, ["report", "--", "--odd.dsco"]],
])("%j runs dsco %j", (definition, words) => {
  const choice = taskChoice(definition);
  expect(choice && taskWords(choice)).toEqual(words);
});

test.each([
  {}, { command: "fmt" }, { command: "check", file: 7 }, { command: "check", watch: "yes" }, { command: "report" },
  { command: "report", file: "a.dsco", watch: true },
])("%j is no task", (definition) => {
  expect(taskChoice(definition)).toBeUndefined();
});

test.each([{ command: "check" }, { command: "check", file: "--odd.dsco" }, { command: "report", file: "--odd.dsco" }])("the command line does what %j asks", async (definition) => {
  const choice = taskChoice(definition);
  expect(await runIn({ "--odd.dsco": tiny }, choice ? taskWords(choice) : [])).toMatchObject({ code: 0, errors: "" });
});
