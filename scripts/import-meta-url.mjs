// What `import.meta.url` is in a bundle of CommonJS: esbuild puts this in where a dependency asks for it.
import { pathToFileURL } from "node:url";

export const importMetaUrl = pathToFileURL(__filename).href;
