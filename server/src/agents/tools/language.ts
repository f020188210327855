import * as z from "zod";
import { WrongUse } from "../../design";
import { topics, topicText } from "../language/reference";
import { bounded } from "../limits";
import { defineTool } from "../tool";

export const language = defineTool({
  name: "language",
  title: "Look the language up",
  summary: "A short reference of the dsco language.",
  description: "A short reference of the dsco language, for writing .dsco files: `overview` (the rules and a whole example; begin with it), `metrics` (every figure with its unit), `units`, or a kind of declaration with all its keys, types, units and defaults.",
  input: z.strictObject({ topic: z.enum(topics).optional().describe("Default: `overview`.") }),
  output: z.object({ topic: z.string(), text: z.string() }),
  run: ({ topic = "overview" }) => {
    const text = topicText(topic);
    if (text === undefined) throw new WrongUse(`there is no topic \`${topic}\``);
    return Promise.resolve({ text: bounded([text], "ask about a smaller topic"), data: { topic, text } });
  },
});
