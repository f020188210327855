import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { removeKeysFix } from "../edits";
import { exampleModel } from "../examples";
import { blocksOf, isWrittenHere, numberOf, placeOfKey, type Rule } from "../rule";

const windowOverContext = defineDiagnostic<{ window: number; context: number }>({
  code: "DSCO7010", severity: "information", title: "A window that holds the whole context",
  message: ({ window, context }) => `\`window\` = ${formatGrouped(window)} never binds: the longest sequence has ${formatGrouped(context)} tokens (\`max_context\`)`,
  explanation: "A sliding window saves cache and work where it is shorter than the sequence. Some published configurations carry a window that is not in use: Qwen 2.5 sets `sliding_window` and turns it off.",
  source: "config.json of Qwen/Qwen2.5-72B (`use_sliding_window` is false)",
  example: exampleModel("max_context = 4096", "attention mha { heads = 4, window = 4096 }", "ffn dense { intermediate_size = 256 }"),
});

export const windowOverContextRule: Rule = {
  on: ["model"],
  entries: [windowOverContext.entry],
  check: (subject) => {
    const model = subject.declaration.block;
    const context = numberOf(subject, model, "max_context");
    if (context === undefined) return [];
    return blocksOf(subject, "attention").flatMap((block) => {
      const window = numberOf(subject, block, "window");
      if (window === undefined || window < context) return [];
      const place = isWrittenHere(block, "window") || !isWrittenHere(model, "max_context") ? placeOfKey(subject, block, "window") : placeOfKey(subject, model, "max_context");
      return windowOverContext.at(place, { window, context }, { fixes: () => removeKeysFix(subject, block, ["window"], { buys: "no figure changes", preferred: true }) });
    });
  },
};
