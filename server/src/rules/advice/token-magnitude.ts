import { declarationKeywords } from "../../../../grammar/src";
import { defineDiagnostic } from "../../core";
import { formatGrouped, magnitudes } from "../../units";
import { candidate } from "../edits";
import { isPowerOfTwo, numberText } from "../numbers";
import { writtenProperties, type Rule } from "../rule";

const binary = { K: "Ki", M: "Mi" } as const;

interface Words {
  readonly digits: string;
  readonly suffix: keyof typeof binary;
  readonly value: number;
}

const decimalValue = ({ value, suffix }: Words): number => value * magnitudes[suffix];
const binaryValue = ({ value, suffix }: Words): number => value * magnitudes[binary[suffix]];

const tokenMagnitude = defineDiagnostic<Words>({
  code: "DSCO7001", severity: "information", title: "Thousands of tokens, or powers of two?",
  message: (words) =>
    `\`${words.digits}${words.suffix}\` is ${formatGrouped(decimalValue(words))} tokens; \`${words.digits}${binary[words.suffix]}\` is ${formatGrouped(binaryValue(words))}`,
  explanation:
    "`K` and `M` are powers of 1000, `Ki` and `Mi` of 1024. Lengths of sequences and contexts are mostly powers of two, and papers print 4,096 as \"4K\". Write which of the two is meant.",
  example: "workload Pretrain {\n  phase             = training\n  sequence_length   = 4K\n  global_batch_size = 512\n}\n",
});

export const tokenMagnitudeRule: Rule = {
  on: declarationKeywords,
  entries: [tokenMagnitude.entry],
  check: ({ declaration }) =>
    writtenProperties(declaration).flatMap(({ node, spec, file }) => {
      const { value: literal } = node;
      if (spec?.type.kind !== "token-count" || literal.kind !== "number" || (literal.suffix !== "K" && literal.suffix !== "M")) return [];
      if (!isPowerOfTwo(literal.value)) return [];
      const words: Words = { digits: literal.digits, suffix: literal.suffix, value: literal.value };
      const end = literal.start + literal.digits.length + literal.suffix.length;
      const write = (text: string, tokens: number) =>
        candidate(`Write \`${text}\``, [{ start: literal.start, end, newText: text }], { buys: `${formatGrouped(tokens)} tokens` });
      return tokenMagnitude.at({ uri: file.uri, span: literal }, words, {
        fixes: () => [
          write(`${words.digits}${binary[words.suffix]}`, binaryValue(words)),
          write(numberText(decimalValue(words)), decimalValue(words)),
        ],
      });
    }),
};
