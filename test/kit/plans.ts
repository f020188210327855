/** A small design with a plan of each phase, for the features that show plans. Every figure of it takes a moment. */
export const smallPlans = `import { H100, ConnectX7 } from "std:hardware/nvidia"

model Small {
  layers = 8, hidden_size = 1024, vocab_size = 32_000, max_context = 8192
  attention gqa { heads = 16, kv_heads = 4 }
  ffn dense { layers = 0, intermediate_size = 4096 }
  ffn moe { layers = 1..7, routed_experts = 16, top_k = 2, intermediate_size = 512 }
}

hardware Rack {
  gpu = H100, gpus_per_node = 8, nodes = 2, nic = ConnectX7, nics_per_node = 8
  price = 2 USD/h
}

parallelism Split {
  pp = 2
  ep = 4
  dp = auto
  schedule = 1f1b
  micro_batch_size = 1
}

parallelism Wide {
  ep = 16
}

workload Learn {
  phase = training
  sequence_length = 2048
  global_batch_size = 64
  tokens = 1B
}

workload Read { phase = prefill, prompt_length = 2048, batch_per_gpu = 2 }
workload Write { phase = decode, context_length = 4096, batch_per_gpu = 32 }

plan Train {
  model = Small
  hardware = Rack
  parallelism = Split
  workload = Learn
  measured step_time = 1 s from "a run"
}

plan Prompts { model = Small, hardware = Rack, parallelism = Wide, workload = Read }
plan Answers { model = Small, hardware = Rack, parallelism = Wide, workload = Write }
`;
