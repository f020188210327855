/** The standard library is written in `.dsco` and bundled as text (esbuild's text loader, and a plugin in vitest.config.mts). */
declare module "*.dsco" {
  const text: string;
  export default text;
}
