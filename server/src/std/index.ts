import amdClusters from "./clusters/amd.dsco";
import deepseekClusters from "./clusters/deepseek.dsco";
import nvidiaClusters from "./clusters/nvidia.dsco";
import amd from "./hardware/amd.dsco";
import google from "./hardware/google.dsco";
import huawei from "./hardware/huawei.dsco";
import nvidia from "./hardware/nvidia.dsco";
import ai01 from "./models/01ai.dsco";
import allenai from "./models/allenai.dsco";
import baidu from "./models/baidu.dsco";
import bytedance from "./models/bytedance.dsco";
import cohere from "./models/cohere.dsco";
import databricks from "./models/databricks.dsco";
import deepseek from "./models/deepseek.dsco";
import googleModels from "./models/google.dsco";
import huggingface from "./models/huggingface.dsco";
import ibm from "./models/ibm.dsco";
import inclusionai from "./models/inclusionai.dsco";
import lg from "./models/lg.dsco";
import meituan from "./models/meituan.dsco";
import meta from "./models/meta.dsco";
import microsoft from "./models/microsoft.dsco";
import minimax from "./models/minimax.dsco";
import mistral from "./models/mistral.dsco";
import moonshot from "./models/moonshot.dsco";
import nvidiaModels from "./models/nvidia.dsco";
import openai from "./models/openai.dsco";
import qwen from "./models/qwen.dsco";
import rednote from "./models/rednote.dsco";
import snowflake from "./models/snowflake.dsco";
import stepfun from "./models/stepfun.dsco";
import swissai from "./models/swissai.dsco";
import tencent from "./models/tencent.dsco";
import tii from "./models/tii.dsco";
import upstage from "./models/upstage.dsco";
import xai from "./models/xai.dsco";
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
  ["std:models/01ai", ai01],
  ["std:models/allenai", allenai],
  ["std:models/baidu", baidu],
  ["std:models/bytedance", bytedance],
  ["std:models/cohere", cohere],
  ["std:models/databricks", databricks],
  ["std:models/deepseek", deepseek],
  ["std:models/google", googleModels],
  ["std:models/huggingface", huggingface],
  ["std:models/ibm", ibm],
  ["std:models/inclusionai", inclusionai],
  ["std:models/lg", lg],
  ["std:models/meituan", meituan],
  ["std:models/meta", meta],
  ["std:models/microsoft", microsoft],
  ["std:models/minimax", minimax],
  ["std:models/mistral", mistral],
  ["std:models/moonshot", moonshot],
  ["std:models/nvidia", nvidiaModels],
  ["std:models/openai", openai],
  ["std:models/qwen", qwen],
  ["std:models/rednote", rednote],
  ["std:models/snowflake", snowflake],
  ["std:models/stepfun", stepfun],
  ["std:models/swissai", swissai],
  ["std:models/tencent", tencent],
  ["std:models/tii", tii],
  ["std:models/upstage", upstage],
  ["std:models/xai", xai],
  ["std:models/xiaomi", xiaomi],
  ["std:models/zai", zai],
]);
