import type { BlockDeclaration, Expression, LetDeclaration, Member } from "../../../grammar/src";

/** Every first part of a name that stands in an expression, a base or an `of`: what a declaration may take from its file. */
export function namesIn(node: LetDeclaration | BlockDeclaration): ReadonlySet<string> {
  const used = new Set<string>();
  const visitMember = (member: Member): void => {
    switch (member.kind) {
      case "property": return visit(member.value);
      case "block": return member.body.members.forEach(visitMember);
      case "require": case "where": visit(member.left); return visit(member.right);
      case "measured": visit(member.metric); return visit(member.value);
      case "objective": return visit(member.metric);
    }
  };
  const visit = (root: Expression): void => {
    const waiting: Expression[] = [root];
    for (let expression = waiting.pop(); expression; expression = waiting.pop()) {
      switch (expression.kind) {
        case "name": if (expression.parts[0]) used.add(expression.parts[0].text); break;
        case "range": waiting.push(expression.from, expression.to); if (expression.step) waiting.push(expression.step); break;
        case "list": for (const item of expression.items) waiting.push(item); break;
        case "unary": waiting.push(expression.operand); break;
        case "binary": waiting.push(expression.left, expression.right); break;
        case "call": for (const argument of expression.arguments) waiting.push(argument); break;
        case "parenthesized": waiting.push(expression.inner); break;
      }
    }
  };
  if (node.kind === "let") visit(node.value);
  else {
    if (node.base) used.add(node.base.text);
    if (node.of) used.add(node.of.text);
    node.body?.members.forEach(visitMember);
  }
  return used;
}
