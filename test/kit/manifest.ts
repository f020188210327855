import manifest from "../../package.json";
import texts from "../../package.nls.json";

/** package.json as VS Code shows it: each `%key%` is its text in package.nls.json. */
export const localizedManifest = JSON.parse(JSON.stringify(manifest), (_, value: unknown) => {
  const key = typeof value === "string" ? /^%(.+)%$/.exec(value)?.[1] : undefined;
  return key !== undefined && key in texts ? texts[key as keyof typeof texts] : value;
}) as typeof manifest;
