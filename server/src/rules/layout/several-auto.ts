import { defineDiagnostic, settledValue } from "../../core";
import { setKeyFix } from "../edits";
import { examplePlan } from "../examples";
import { ownKey, placeOfKey, type Rule } from "../rule";

const severalAuto = defineDiagnostic<{ keys: readonly string[] }>({
  code: "DSCO5102", severity: "error", title: "Several degrees that are to take what the others leave",
  message: ({ keys }) => `${keys.slice(0, -1).map((key) => `\`${key}\``).join(", ")} and \`${keys.at(-1)}\` are \`auto\`: only one of tp, pp, cp and dp can take what the others leave`,
  explanation: "`auto` is the number of GPUs over the product of the other degrees, so one of `tp`, `pp`, `cp` and `dp` can be it. `dp` is `auto` unless it is written.",
  example: examplePlan({ layout: "tp = auto" }),
});

export const severalAutoRule: Rule = {
  on: ["parallelism"],
  entries: [severalAuto.entry],
  check: (subject) => {
    const { block } = subject.declaration;
    const open = ["tp", "pp", "cp", "dp"].filter((key) => settledValue(subject.workspace, block, key).plain === "auto");
    const [first, ...rest] = open;
    if (first === undefined || rest.length === 0) return [];
    return [severalAuto.at(placeOfKey(subject, block, ownKey(block, [first, ...rest])), { keys: open }, {
      fixes: () => {
        const others = open.filter((key) => key !== "dp");
        return others.length === 1 ? setKeyFix(subject, block, others[0] ?? "", 1, { buys: "`dp` takes what the others leave" }) : [];
      },
    })];
  },
};
