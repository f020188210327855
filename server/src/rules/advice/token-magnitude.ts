import { declarationKeywords } from "../../../../grammar/src";
import { defineDiagnostic } from "../../core";
import { formatGrouped, magnitudes, numberText } from "../../units";
import { candidate } from "../edits";
import { isPowerOfTwo } from "../numbers";
import { writtenProperties, type Rule } from "../rule";

const binary = { K: "Ki", M: "Mi" } as const;

interface Words {
  readonly key: string;
  readonly digits: string;
  readonly suffix: keyof typeof binary;
  readonly value: number;
}

const decimalValue = ({ value, suffix }: Words): number => Math.round(value * magnitudes[suffix]);
const binaryValue = ({ value, suffix }: Words): number => value * magnitudes[binary[suffix]];

const tokenMagnitude = defineDiagnostic<Words>({
  code: "DSCO7001", severity: "information", title: "Thousands, or multiples of 1024?",
  message: (words) =>
    `\`${words.key}\` = \`${words.digits}${words.suffix}\` is ${formatGrouped(decimalValue(words))}; \`${words.digits}${binary[words.suffix]}\` is ${formatGrouped(binaryValue(words))}`,
  explanation:
    "`K` and `M` are powers of 1000, `Ki` and `Mi` of 1024. Widths, batches, vocabularies and lengths of sequences are mostly multiples of 1024, and papers print 4,096 as \"4K\" and 7,168 as \"7K\". Write which of the two is meant. Numbers that are round in thousands, such as a context of 200K, are taken as they stand, and so are counts of training tokens.",
  source: "Insights into DeepSeek-V3, arXiv:2505.09343, section 2.3.2: the width 7,168 is printed, and counted, as 7K",
  example: "workload Pretrain {\n  phase             = training\n  sequence_length   = 4K\n  global_batch_size = 512\n}\n",
});

/** Widths and batches come in steps of this; no published one is a round number of thousands. */
const widthStep = 256;

/** Whether a number of this kind, written in K or M, is mostly a number of Ki or Mi: 160Ki = 163,840, but 200K tokens. */
function isCustomary(kind: "width" | "length", words: Words): boolean {
  if (isPowerOfTwo(words.value)) return true;
  if (words.suffix === "M") return false;
  return kind === "width" ? binaryValue(words) % widthStep === 0 : words.value % 8 === 0 && words.value % 100 !== 0;
}

export const tokenMagnitudeRule: Rule = {
  on: declarationKeywords,
  entries: [tokenMagnitude.entry],
  check: ({ declaration }) =>
    writtenProperties(declaration).flatMap(({ key, node, spec, file }) => {
      const { value: literal } = node;
      if (spec?.binary === undefined || literal.kind !== "number" || (literal.suffix !== "K" && literal.suffix !== "M")) return [];
      const words: Words = { key, digits: literal.digits, suffix: literal.suffix, value: literal.value };
      if (!isCustomary(spec.binary, words)) return [];
      const end = literal.start + literal.digits.length + literal.suffix.length;
      const write = (text: string, value: number, preferred: boolean) => candidate(`Write \`${text}\``, [{ start: literal.start, end, newText: text }], { buys: formatGrouped(value), preferred });
      return tokenMagnitude.at({ uri: file.uri, span: literal }, words, {
        fixes: () => [
          write(`${words.digits}${binary[words.suffix]}`, binaryValue(words), spec.binary === "width"),
          write(numberText(decimalValue(words)), decimalValue(words), false),
        ],
      });
    }),
};
