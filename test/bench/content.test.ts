// What the bench measures on is what it says: designs without mistakes, of the length asked for, and the same as JSON.
import { describe, expect, test } from "vitest";
import jsonLanguage from "vscode-json-languageservice";
import { openFiles, uriOf } from "../kit/workspace";
import { asJson, asJsonSchema, design, manyPlans, sharedFolder } from "./content";
import { checkFile } from "../../server/src/rules";
import { openDesign } from "./in-process";

describe.each([100, 1000])("%d lines", (lines) => {
  test("the design has that length and no mistake", () => {
    const text = design(lines);
    expect(text.split("\n").length).toBe(lines);
    const worrying = openDesign(text).diagnose().filter(({ severity }) => severity === "error" || severity === "warning");
    expect(worrying.map(({ message }) => message)).toEqual([]);
  });

  test("its JSON is valid, and a misspelt key in it is not", async () => {
    const service = jsonLanguage.getLanguageService({});
    service.configure({ validate: true, schemas: [{ uri: "bench://dsco", fileMatch: ["*"], schema: asJsonSchema() }] });
    const check = (text: string) => {
      const document = jsonLanguage.TextDocument.create("file:///design.json", "json", 1, text);
      return service.doValidation(document, service.parseJSONDocument(document));
    };
    const json = asJson(design(lines));
    expect(await check(json)).toEqual([]);
    expect(await check(json.replace('"vocab_size"', '"vocab_siz"'))).toHaveLength(1);
  });
});

test("the plans that share their parts have no mistake, but for memory that later ones cannot afford", () => {
  const errors = openDesign(manyPlans(20)).diagnose().filter(({ severity }) => severity === "error");
  expect(errors.map(({ message }) => message)).toEqual([]);
});

test("the files that share a model have no mistake, and all of them name it", () => {
  const files = sharedFolder(4);
  const { workspace } = openFiles(files);
  expect(Object.keys(files)).toHaveLength(4);
  for (const [path, text] of Object.entries(files)) {
    expect(text).toContain("Shared");
    expect(checkFile(workspace, uriOf(path)).filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([]);
  }
});
