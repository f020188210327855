import { expect, test } from "vitest";
import { explanationOf, explanationPath } from "../../client/src/features/explanation/explanation-path";

test("an explanation's address leads back to its figure", () => {
  const params = { uri: "file:///a%20b/deepseek%23v3.dsco", declaration: "DeepSeekV3", metric: "kv_bytes_per_token" };
  const address = explanationPath(params);
  expect(address.path).toBe("/DeepSeekV3.kv_bytes_per_token.md");
  expect(explanationOf(address)).toEqual(params);
});

test.each(["", "{}", "null", '{"uri":1,"declaration":"A","metric":"b"}', "[]", "%"])("an address that dsco did not make says nothing: %s", (query) => {
  expect(explanationOf({ query })).toBeUndefined();
});
