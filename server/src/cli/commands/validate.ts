import { WrongUse, type Command } from "../command";
import { formatOption, layoutColumns } from "../options";
import { styleFor } from "../terminal-text";
import { validationJson } from "../validate/json";
import { validationMarkdown } from "../validate/markdown";
import { failures, validate as compareAll } from "../validate/summary";
import { validationText } from "../validate/text";

export const validate: Command = {
  name: "validate",
  usage: "validate [--format text|json|markdown]",
  summary: "compare the figures with published measurements",
  details: `Computes every published figure that dsco holds as evidence (parameters, networks, memory,
training, serving, operators) and writes it beside the published one: estimate, ratio, verdict
and source; then the mean, median and worst error of each group. Published figures that cannot
be computed or stated as a plan are listed with the reason.

  exact                   the estimate rounds to the published figure in every printed digit
  within 3 %, 10 %, 25 %  the nearest of these bounds that holds
  off by 40 %             further away

Ends with 1 where a figure that must be exact is not.

  --format text           tables for a terminal (default)
  --format json           { version, passed, groups }
  --format markdown       tables of GitHub-flavoured Markdown`,
  options: { format: { type: "string" } },
  run: (given, host) => {
    if (given.positionals.length > 0) throw new WrongUse("it takes no files: its designs are part of dsco");
    const format = formatOption(given, ["text", "json", "markdown"]);
    const validation = compareAll();
    switch (format) {
      case "text": host.print(validationText(validation, styleFor(host.color), layoutColumns(host))); break;
      case "json": host.print(validationJson(validation)); break;
      case "markdown": host.print(validationMarkdown(validation)); break;
    }
    return failures(validation).length > 0 ? 1 : 0;
  },
};
