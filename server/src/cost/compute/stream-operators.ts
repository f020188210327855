/**
 * What stands around and beside the blocks of a layer: residual streams that hyper-connections mix (arXiv:2512.24880, section 4.3; deepseek_v4),
 * and embeddings that layers have for themselves (gemma3n, gemma4).
 */

import { mixingWeights } from "../model/parameters";
import { unsplitTokens } from "./linears";
import type { OperatorPart, OperatorShape } from "./operator";
import { linear, sweep, type Site } from "./operators";

/** Of a bf16 weight. */
const weight = 2;

/**
 * A product of all streams with few columns: reading the streams sets its time, whatever tensor cores do (fused kernels split the inner
 * dimension, arXiv:2512.24880, section 4.3.1). Forward reads streams and weights; backward reads and writes the gradient of the streams,
 * and for that of the weights the streams once more.
 */
function streamProduct(site: Site, name: string, part: OperatorPart, rows: number, columns: number, inner: number): OperatorShape {
  const flops = 2 * rows * columns * inner;
  const [streams, weights] = [2 * rows * inner, weight * columns * inner];
  return sweep(site, {
    name, part, flops: { forward: flops, backward_input: flops, backward_weight: flops },
    bytes: { forward: streams + weights, backward_input: 2 * streams + weights, backward_weight: streams + weights },
  });
}

/**
 * Around one block: the mixing weights, from all streams; then streams in (read, one written) and out (the block's output and all streams
 * read, all written). Tensor parallelism repeats them, but for the tokens that sequence parallelism shares out.
 */
export function streamOperators(site: Site, part: OperatorPart): readonly OperatorShape[] {
  const { hidden_size, hyper_connections: streams } = site.plan.model;
  if (streams === undefined) return [];
  const rows = unsplitTokens(site);
  const elements = rows * hidden_size;
  return [
    streamProduct(site, "stream mixing", part, rows, mixingWeights(streams), streams * hidden_size),
    sweep(site, { name: "streams", part, bytes: { forward: 2 * (3 * streams + 2) * elements, backward_input: 2 * (5 * streams + 3) * elements, backward_weight: 0 } }),
  ];
}

/** Before the final norm the streams come together. */
export function joinedStreams(site: Site, rows: number): readonly OperatorShape[] {
  const { hidden_size, hyper_connections: streams } = site.plan.model;
  if (streams === undefined) return [];
  const elements = rows * hidden_size;
  return [
    streamProduct(site, "streams together", "ends", rows, streams, streams * hidden_size),
    sweep(site, { name: "streams", part: "ends", bytes: { forward: 2 * (streams + 1) * elements, backward_input: 2 * (2 * streams + 1) * elements, backward_weight: 0 } }),
  ];
}

/** What adds a layer's own embedding: a gate from the residual, their product, and its way back up, which is normed and added. */
export function layerEmbeddingOperators(site: Site): readonly OperatorShape[] {
  const { hidden_size, per_layer_embedding_size: width } = site.plan.model;
  if (width === undefined) return [];
  const rows = unsplitTokens(site);
  const bytes = (passes: number): number => rows * (2 * passes * width + 8 * hidden_size);
  return [
    linear(site, "ffn", { name: "layer embedding gate", rows, columns: width, inner: hidden_size }, site.rates.router(), weight),
    linear(site, "ffn", { name: "layer embedding up", rows, columns: hidden_size, inner: width }, site.rates.router(), weight),
    sweep(site, { name: "layer embedding", part: "ffn", bytes: { forward: bytes(3), backward_input: bytes(5), backward_weight: 0 } }),
  ];
}

/** The embeddings of all layers: looked up, and a projection of the input embedding that is normed and added to them. */
export function layerEmbeddings(site: Site): readonly OperatorShape[] {
  const { hidden_size, layers, per_layer_embedding_size } = site.plan.model;
  const width = layers * (per_layer_embedding_size ?? 0);
  if (width === 0) return [];
  const rows = unsplitTokens(site);
  return [
    sweep(site, { name: "embeddings of the layers", part: "ends", share: "gather", bytes: { forward: 4 * rows * width, backward_input: 0, backward_weight: 10 * rows * width } }),
    linear(site, "ends", { name: "projection to the layers' embeddings", rows, columns: width, inner: hidden_size }, site.rates.router(), weight),
    sweep(site, { name: "layer embeddings norm", part: "ends", bytes: { forward: 6 * rows * width, backward_input: 8 * rows * width, backward_weight: 0 } }),
  ];
}
