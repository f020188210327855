import { tools } from "../../server/src/agents";

/** In menus and in the names that a user writes behind `#`. */
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** package.json with the tools of language models as the server describes them: one schema checks an input here and there. */
export function withAgentTools(manifest: string): string {
  const parsed = JSON.parse(manifest) as { readonly contributes: Record<string, unknown> };
  parsed.contributes["languageModelTools"] = tools.map(({ name, description, inputSchema }) => ({
    name: `dsco_${name}`,
    toolReferenceName: `dsco${capitalized(camelCase(name))}`,
    displayName: `%tool.${name}.title%`,
    userDescription: `%tool.${name}.summary%`,
    modelDescription: forVSCode(description),
    canBeReferencedInPrompt: true,
    icon: "$(circuit-board)",
    tags: ["dsco"],
    inputSchema: inputSchema(),
  }));
  return `${JSON.stringify(parsed, null, 2)}\n`;
}

/** There the tools have a prefix: what one says of another names it so. */
const forVSCode = (text: string): string => tools.reduce((result, { name }) => result.replaceAll(`\`${name}\``, `\`dsco_${name}\``), text);

/** package.nls.json with the texts of the tools that a user sees. */
export function agentToolTexts(texts: string): string {
  const kept = Object.entries(JSON.parse(texts) as Record<string, string>).filter(([key]) => !key.startsWith("tool."));
  const made = tools.flatMap(({ name, title, summary }) => [[`tool.${name}.title`, title], [`tool.${name}.summary`, summary]] as const);
  return `${JSON.stringify(Object.fromEntries([...kept, ...made]), null, 2)}\n`;
}
