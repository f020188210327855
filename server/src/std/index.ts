import amdClusters from "./clusters/amd.dsco";
import deepseekClusters from "./clusters/deepseek.dsco";
import nvidiaClusters from "./clusters/nvidia.dsco";
import amd from "./hardware/amd.dsco";
import google from "./hardware/google.dsco";
import huawei from "./hardware/huawei.dsco";
import nvidia from "./hardware/nvidia.dsco";
import deepseek from "./models/deepseek.dsco";
import meta from "./models/meta.dsco";
import mistral from "./models/mistral.dsco";
import moonshot from "./models/moonshot.dsco";
import openai from "./models/openai.dsco";
import qwen from "./models/qwen.dsco";
import zai from "./models/zai.dsco";

/** The standard library: the text of each part by its address. Part of the program, so that it works without files. */
export const standardLibrary: ReadonlyMap<string, string> = new Map([
  ["std:clusters/amd", amdClusters],
  ["std:clusters/deepseek", deepseekClusters],
  ["std:clusters/nvidia", nvidiaClusters],
  ["std:hardware/amd", amd],
  ["std:hardware/google", google],
  ["std:hardware/huawei", huawei],
  ["std:hardware/nvidia", nvidia],
  ["std:models/deepseek", deepseek],
  ["std:models/meta", meta],
  ["std:models/mistral", mistral],
  ["std:models/moonshot", moonshot],
  ["std:models/openai", openai],
  ["std:models/qwen", qwen],
  ["std:models/zai", zai],
]);
