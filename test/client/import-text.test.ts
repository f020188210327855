import { expect, test } from "vitest";
import { failureText, successText } from "../../client/src/features/import/import-text";

const remark = (severity: "error" | "doubt", message: string) => ({ severity, message, line: 2, character: 7 });

test("a failure names its first place", () => {
  expect(failureText([remark("doubt", "odd"), remark("error", "`hidden_size` is missing")]))
    .toBe("The config could not be imported. Line 3, column 8: `hidden_size` is missing.");
  expect(failureText([remark("error", "this"), remark("error", "that")])).toBe("The config could not be imported. Line 3, column 8: this (and 1 more).");
});

test("a success says whether something is doubtful", () => {
  expect(successText([])).toBeUndefined();
  expect(successText([remark("doubt", "odd")])).toBe("The model was imported with one doubt: it stands at its head.");
  expect(successText([remark("doubt", "odd"), remark("doubt", "even")])).toBe("The model was imported with 2 doubts: they stand at its head.");
});
