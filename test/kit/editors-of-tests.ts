import { afterEach, expect } from "vitest";
import { startInMemory, type InMemoryEditor } from "./in-memory-editor";

/** For a file of tests: `startInMemory`, whose editors are closed after the test that started them; none may have complained. */
export function editorsOfTests(): typeof startInMemory {
  const editors: InMemoryEditor[] = [];
  afterEach(() => {
    const ended = editors.splice(0);
    for (const editor of ended) editor.close();
    expect(ended.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
  return async (...given) => {
    const editor = await startInMemory(...given);
    editors.push(editor);
    return editor;
  };
}
