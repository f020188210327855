import type { PropertyValue } from "./bound";

/** Values, and all that they were computed from, step by step. */
export function withOrigins<Value extends Pick<PropertyValue, "reads">>(values: readonly Value[]): ReadonlySet<Value | PropertyValue> {
  const found = new Set<Value | PropertyValue>(values);
  for (const value of found) for (const read of value.reads) found.add(read); // a set hands out what is added on the way
  return found;
}
