// One config for each family and trap, beside the model that it must become; a line `// doubt: …` for each remark,
// `// not exported` where no architecture of Hugging Face says it, `// total: N` with the parameters that the published modelling code
// makes of the config.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { figureOf } from "../../../server/src/analysis";
import { exportConfig, importConfig } from "../../../server/src/import";
import { plainModel } from "../../../server/src/import/plain-model";
import { repository, repositoryFiles } from "../../kit/repository";
import { checkFiles, declarationOf } from "../../kit/workspace";

const folder = "test/fixtures/import";
const textOf = (file: string): string => readFileSync(path.join(repository, file), "utf8");
const configs = repositoryFiles(folder).filter((file) => !file.endsWith(".dsco"));

const modelOf = (text: string, name: string) => {
  const { workspace, declaration } = declarationOf({ "a.dsco": text }, name);
  return plainModel(workspace, declaration);
};

const importedOf = (text: string) => {
  const result = importConfig(text, { name: "Imported" });
  if (result.kind === "failed") throw new Error(result.remarks.map(({ message }) => message).join("\n"));
  return result;
};

describe.each(configs)("%s", (file) => {
  const expected = textOf(file.replace(/\.\w+$/, ".dsco"));
  const imported = importedOf(textOf(file));

  it("becomes the model beside it", () => {
    expect(modelOf(imported.text, "Imported")).toEqual(modelOf(expected, "Expected"));
  });

  it("says what is doubtful and nothing else", () => {
    const doubts = [...expected.matchAll(/^\/\/ doubt: (.*)$/gm)].map(([, doubt]) => doubt);
    expect(imported.remarks.map(({ message }) => message).sort()).toEqual(doubts.sort());
  });

  it("writes each doubt beside the model", () => {
    for (const { message } of imported.remarks) expect(imported.text).toContain(`// Not sure: ${message}.`);
  });

  it("is a valid model in canonical form", () => {
    expect(checkFiles({ "a.dsco": imported.text }).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  const [, total] = /^\/\/ total: (\d+)$/m.exec(expected) ?? [];
  if (total !== undefined) {
    it("has as many parameters as the modelling code makes of it", () => {
      const { workspace, declaration } = declarationOf({ "a.dsco": imported.text }, "Imported");
      expect(figureOf(workspace, declaration, "total_params")).toMatchObject({ kind: "value", value: Number(total) });
    });
  }

  it("comes back the same from its export", () => {
    const { workspace, declaration } = declarationOf({ "a.dsco": imported.text }, "Imported");
    const exported = exportConfig(workspace, declaration);
    if (/^\/\/ not exported$/m.test(expected)) {
      expect(exported).toMatchObject({ kind: "failed", problems: expect.arrayContaining(["no architecture that is known says this model"]) });
      return;
    }
    if (exported.kind === "failed") throw new Error(exported.problems.join("\n"));
    expect(modelOf(importedOf(exported.text).text, "Imported")).toEqual(modelOf(imported.text, "Imported"));
  });
});
