import { expect, test } from "vitest";
import { createFanOut } from "../../client/src/infrastructure/fan-out";

interface Messages {
  readonly status: string;
  readonly other: number;
}

/** As the protocol's client library: one handler a method, the last. */
function library() {
  const handlers = new Map<keyof Messages, (message: never) => void>();
  const fanOut = createFanOut<Messages>((method, handler) => void handlers.set(method, handler));
  const send = <Method extends keyof Messages>(method: Method, message: Messages[Method]) => (handlers.get(method) as ((message: Messages[Method]) => void) | undefined)?.(message);
  return { fanOut, send };
}

test("everyone who listens hears each message of the method, in turn, until they stop", () => {
  const { fanOut, send } = library();
  const heard: string[] = [];
  const first = fanOut.listen("status", (message) => heard.push(`first ${message}`));
  fanOut.listen("status", (message) => heard.push(`second ${message}`));
  fanOut.listen("other", (message) => heard.push(`other ${message}`));
  send("status", "busy");
  send("other", 3);
  first.dispose();
  first.dispose();
  send("status", "ready");
  expect(heard).toEqual(["first busy", "second busy", "other 3", "second ready"]);
});

test("who stops listening while a message is handed out takes none from the others", () => {
  const { fanOut, send } = library();
  const heard: string[] = [];
  const first = fanOut.listen("status", () => {
    heard.push("first");
    first.dispose();
  });
  fanOut.listen("status", () => heard.push("second"));
  send("status", "busy");
  send("status", "busy");
  expect(heard).toEqual(["first", "second", "second"]);
});
