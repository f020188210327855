/** Thrown where what was asked cannot be answered: each line is one sentence without its full stop. The doors (command line, agents) catch it. */
export class WrongUse extends Error {
  readonly problems: readonly string[];
  constructor(...problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
