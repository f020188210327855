import { expect, test } from "vitest";
import { issueAddress, issueText, type IssueFacts } from "../../client/src/features/issue-report/issue-text";
import { createRecentLines } from "../../client/src/infrastructure/recent-lines";

const facts: IssueFacts = { dsco: "0.1.0", editor: "VS Code 1.100.0 (desktop)", system: "linux x64, Node 20.19.0", server: "the server: running", settings: {}, log: [] };

test("a report holds versions, settings and log, and says so where there are none", () => {
  const text = issueText({ ...facts, settings: { "dsco.sequenceLength": 8192 }, log: ["12:00:00 error A fault in the hover"] });
  for (const part of ["* dsco 0.1.0", "* VS Code 1.100.0 (desktop)", "* linux x64, Node 20.19.0", "* the server: running", '"dsco.sequenceLength": 8192', "12:00:00 error A fault in the hover"]) {
    expect(text).toContain(part);
  }
  expect(issueText(facts)).toContain("None.");
  expect(issueText(facts)).toContain("It is empty.");
});

test("a log with fences in it stays in its own", () => {
  const text = issueText({ ...facts, log: ["```", "## not a heading", "````"] });
  expect(text).toContain("`````text\n```\n## not a heading\n````\n`````\n");
});

test("a form is opened with the report where the address takes it, else empty", () => {
  const bugs = "https://example.org/issues";
  expect(issueAddress(bugs, "a & b\n")).toBe("https://example.org/issues/new?body=a%20%26%20b%0A");
  expect(issueAddress(bugs, "x".repeat(10_000))).toBe("https://example.org/issues/new");
});

test("of a log the last lines are kept, long ones cut", () => {
  const lines = createRecentLines(() => new Date("2026-11-22T12:34:56Z"));
  expect(lines.all()).toEqual([]);
  lines.add("error", "first\n  at somewhere\n");
  expect(lines.all()).toEqual(["12:34:56 error first", "    at somewhere"]);
  lines.add("info", "x".repeat(600));
  expect(lines.all().at(-1)).toBe(`12:34:56 info ${"x".repeat(500)}…`);
  for (let index = 0; index < 200; index += 1) lines.add("info", String(index));
  expect(lines.all()).toHaveLength(100);
  expect(lines.all()[0]).toBe("12:34:56 info 100");
});
