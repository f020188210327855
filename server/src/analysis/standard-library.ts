import { createSource, didYouMean, nearest, type Loaded, type Source } from "../core";
import { standardLibrary } from "../std";

const sources = new Map<string, Source>();

/** A part of the standard library by its address, parsed once for the life of the process. */
export function loadStandard(uri: string): Loaded {
  const known = sources.get(uri);
  if (known) return { kind: "source", source: known };
  const text = standardLibrary.get(uri);
  if (text === undefined) {
    return { kind: "failed", reason: `the standard library has no such part${didYouMean(nearest(uri, standardLibrary.keys()))}` };
  }
  const source = createSource(uri, text);
  sources.set(uri, source);
  return { kind: "source", source };
}
