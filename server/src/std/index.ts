import nvidia from "./hardware/nvidia.dsco";
import deepseek from "./models/deepseek.dsco";
import meta from "./models/meta.dsco";
import mistral from "./models/mistral.dsco";
import qwen from "./models/qwen.dsco";

/** The standard library: the text of each part by its address. Part of the program, so that it works without files. */
export const standardLibrary: ReadonlyMap<string, string> = new Map([
  ["std:hardware/nvidia", nvidia],
  ["std:models/deepseek", deepseek],
  ["std:models/meta", meta],
  ["std:models/mistral", mistral],
  ["std:models/qwen", qwen],
]);
