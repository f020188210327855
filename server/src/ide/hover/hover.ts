import { fileScope, resolveSymbol, type Position, type Workspace } from "../../core";
import { Cancelled, type Cancellation } from "../../rules";
import { locate, referenceOf, type Located } from "../locate";
import { code, paragraphs } from "../markdown";
import type { MarkdownHover } from "../plain";
import { functionDocumentation } from "../words";
import type { Asked, HoverOptions } from "./asked";
import { describeDeclaration, describeFile, describeLet } from "./declarations";
import { describeReference } from "./names";
import { describeNumber } from "./numbers";
import { describeAroundValue, describeBlock, describeKey } from "./properties";

/** What the reader should know of the text at a position; `undefined` where there is nothing to say. */
export function hover(
  workspace: Workspace, uri: string, position: Position, options: HoverOptions = {}, cancellation?: Cancellation,
): MarkdownHover | undefined {
  const scope = fileScope(workspace, uri);
  if (!scope) return undefined;
  const { lines } = scope.source;
  const located = locate(scope, lines.offset(position));
  if (!located) return undefined;
  if (cancellation?.isCancellationRequested) throw new Cancelled();
  const contents = describe({ workspace, scope, options }, located);
  return contents === undefined || contents === "" ? undefined : { contents, range: lines.range(located.span) };
}

function describe(asked: Asked, located: Located): string | undefined {
  const { workspace, scope } = asked;
  switch (located.kind) {
    case "import-path": return describeFile(workspace, located.imported, located.path);
    case "import-name": {
      const symbol = resolveSymbol(workspace, scope, (located.node.alias ?? located.node.name).text);
      if (!symbol) return undefined;
      return symbol.kind === "let" ? describeLet(workspace, symbol) : describeDeclaration(asked, symbol.node, symbol.uri);
    }
    case "declaration": return describeDeclaration(asked, located.node, scope.uri);
    case "let": return located.node.name && describeLet(workspace, { kind: "let", name: located.node.name, node: located.node, uri: scope.uri });
    case "declaration-name": {
      const symbol = resolveSymbol(workspace, scope, located.name.text);
      return symbol?.kind === "declaration" ? describeDeclaration(asked, symbol.node, symbol.uri) : undefined;
    }
    case "block": return describeBlock(asked, located);
    case "key": return describeKey(asked, located);
    case "statement": return statements[located.member.kind];
    case "number": return paragraphs(describeNumber(asked, located.literal), describeAroundValue(asked, located));
    case "name": {
      const reference = referenceOf(workspace, scope, located);
      const text = reference && describeReference(asked, reference);
      return paragraphs(text, reference?.kind === "word" ? describeAroundValue(asked, located) : undefined);
    }
    case "function": {
      const text = functionDocumentation[located.call.callee.text];
      return text === undefined ? undefined : `${code(`${located.call.callee.text}(…)`)}: ${text}`;
    }
    case "value": return describeAroundValue(asked, located);
  }
}

const statements = {
  require: "`require METRIC <= VALUE`: an error where the figure does not meet it.",
  measured: "`measured METRIC = VALUE from \"source\"`: a published or own measurement that the figure is compared with.",
  where: "`where A <= B`: designs that do not meet it are left out of the sweep.",
  objective: "`maximize METRIC` or `minimize METRIC`: what the sweep looks for. Two or more give a Pareto front.",
} as const;
