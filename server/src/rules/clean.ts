import { fileScope, namesIn, type FileScope, type Source, type Workspace } from "../core";

/**
 * Which declarations of a file need no new check: those that had no problem before and whose text, and that of all
 * they depend on, is the same. An edit in a file of 10,000 lines then costs what it touches. Only the absence of
 * problems is remembered, so that no place in a text can be out of date.
 */
export interface CleanDeclarations {
  readonly isClean: (node: Node) => boolean;
  /** What was found clean by this check, in place of what was known before. */
  readonly remember: (clean: Iterable<Node>) => void;
}

type Node = FileScope["declarations"][number];

interface Memory {
  readonly texts: ReadonlyMap<string, TextFacts>;
  /** Of declarations without a problem: the number of their text and of every text that they depend on. */
  readonly clean: ReadonlySet<string>;
}

interface TextFacts {
  readonly id: number;
  readonly names: ReadonlySet<string>;
}

/** Numbers are never given twice, so that a forgotten text cannot be taken for another. */
let lastId = 0;
const sourceIds = new WeakMap<Source, number>();

function idOfSource(source: Source): number {
  const known = sourceIds.get(source);
  if (known !== undefined) return known;
  sourceIds.set(source, (lastId += 1));
  return lastId;
}

const nothing: Memory = { texts: new Map(), clean: new Set() };

export function cleanDeclarations(workspace: Workspace, scope: FileScope): CleanDeclarations {
  const { carried } = workspace.cache;
  const key = `clean ${scope.uri}`;
  const before = (carried.get(key) as Memory | undefined) ?? nothing;
  const texts = new Map<string, TextFacts>();
  const facts = new Map<Node, TextFacts>();
  const files = new Map<string, string>();

  const factsOf = (node: Node): TextFacts => {
    const found = facts.get(node);
    if (found) return found;
    const text = scope.source.text.slice(node.start, node.end);
    const known = texts.get(text) ?? before.texts.get(text) ?? { id: (lastId += 1), names: namesIn(node) };
    texts.set(text, known);
    facts.set(node, known);
    return known;
  };

  /** An imported file, and all that it imports. */
  const fileFingerprint = (uri: string): string => {
    const found = files.get(uri);
    if (found !== undefined) return found;
    const seen = new Set([uri]);
    const ids: string[] = [];
    for (const address of seen) {
      const target = fileScope(workspace, address);
      ids.push(target ? String(idOfSource(target.source)) : "none");
      for (const entry of target?.imports ?? []) if (entry.uri !== undefined) seen.add(entry.uri);
    }
    const fingerprint = ids.join("+");
    files.set(uri, fingerprint);
    return fingerprint;
  };

  /** The declarations of the file that one depends on, itself included, and what they take from other files. */
  const dependencies = (node: Node): { readonly nodes: ReadonlySet<Node>; readonly fingerprint: string } => {
    const nodes = new Set<Node>([node]);
    const parts: string[] = [];
    for (const one of nodes) {
      const { id, names } = factsOf(one);
      parts.push(String(id));
      for (const name of names) {
        const symbol = scope.symbols.get(name);
        if (!symbol) continue;
        if (symbol.kind !== "imported") nodes.add(symbol.node);
        else parts.push(`${name}@${symbol.from.uri === undefined ? "none" : fileFingerprint(symbol.from.uri)}`);
      }
    }
    return { nodes, fingerprint: parts.join(" ") };
  };

  const known = new Map<Node, ReturnType<typeof dependencies>>();
  const dependenciesOf = (node: Node) => {
    const found = known.get(node) ?? dependencies(node);
    known.set(node, found);
    return found;
  };

  return {
    // All it depends on must be clean too: which of several declarations reports a circle depends on where one begins.
    isClean: (node) => before.clean.size > 0 && [...dependenciesOf(node).nodes].every((one) => before.clean.has(dependenciesOf(one).fingerprint)),
    remember: (clean) => {
      const fingerprints = new Set<string>();
      for (const node of clean) fingerprints.add(dependenciesOf(node).fingerprint);
      carried.set(key, { texts, clean: fingerprints } satisfies Memory);
    },
  };
}
