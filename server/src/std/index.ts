import amdClusters from "./clusters/amd.dsco";
import deepseekClusters from "./clusters/deepseek.dsco";
import nvidiaClusters from "./clusters/nvidia.dsco";
import amd from "./hardware/amd.dsco";
import google from "./hardware/google.dsco";
import huawei from "./hardware/huawei.dsco";
import nvidia from "./hardware/nvidia.dsco";
import databricks from "./models/databricks.dsco";
import deepseek from "./models/deepseek.dsco";
import googleModels from "./models/google.dsco";
import meta from "./models/meta.dsco";
import microsoft from "./models/microsoft.dsco";
import minimax from "./models/minimax.dsco";
import mistral from "./models/mistral.dsco";
import moonshot from "./models/moonshot.dsco";
import nvidiaModels from "./models/nvidia.dsco";
import openai from "./models/openai.dsco";
import qwen from "./models/qwen.dsco";
import stepfun from "./models/stepfun.dsco";
import tencent from "./models/tencent.dsco";
import xiaomi from "./models/xiaomi.dsco";
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
  ["std:models/databricks", databricks],
  ["std:models/deepseek", deepseek],
  ["std:models/google", googleModels],
  ["std:models/meta", meta],
  ["std:models/microsoft", microsoft],
  ["std:models/minimax", minimax],
  ["std:models/mistral", mistral],
  ["std:models/moonshot", moonshot],
  ["std:models/nvidia", nvidiaModels],
  ["std:models/openai", openai],
  ["std:models/qwen", qwen],
  ["std:models/stepfun", stepfun],
  ["std:models/tencent", tencent],
  ["std:models/xiaomi", xiaomi],
  ["std:models/zai", zai],
]);
