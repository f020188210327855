import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roomIn } from "../../../server/src/drawing/labels";
import { linearScale, logScale, logTicks, roundTicks, shareText, timeLabels } from "../../../server/src/drawing/scale";
import { element, escapeXml, text } from "../../../server/src/drawing/svg";
import { fitted, textWidth, wrapped } from "../../../server/src/drawing/text-width";

describe("SVG as text", () => {
  test("nothing of a text is markup", () => {
    expect(text('<script> & "quotes"\n', 1, 2)).toBe('<text x="1" y="2">&lt;script&gt; &amp; &quot;quotes&quot;&#10;</text>');
    expect(element("g", { "data-tip": 'a"b<c', class: undefined }, "<path/>")).toBe('<g data-tip="a&quot;b&lt;c"><path/></g>');
  });

  test("characters that XML cannot hold become spaces, pairs of surrogates stay", () => {
    expect(escapeXml("a\u0000b\u001bc\ud800d\u{1f600}")).toBe("a b c d\u{1f600}");
  });

  test("whatever the text, no markup and no control is left in it", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (content) => {
      expect(escapeXml(content)).not.toMatch(/[<>"\u0000-\u001f]/);
    }));
  });
});

describe("text in a room", () => {
  test("is cut with an ellipsis where it is too wide", () => {
    expect(fitted("short", 200)).toBe("short");
    expect(fitted("a text that is much too long", 60)).toMatch(/^a t.*…$/);
    expect(fitted("abc", 1)).toBe("");
  });

  test("whatever the text and the room, what is shown fits, and wrapping loses no word", () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 0, max: 300 }), (content, room) => {
      expect(textWidth(fitted(content, room))).toBeLessThanOrEqual(Math.max(room, 0));
      expect(wrapped(content, room).join(" ")).toBe(content);
    }), { examples: [["", 0], ["one two three", 30]] });
  });
});

describe("axes", () => {
  test("ticks are round and within the axis", () => {
    expect(roundTicks(84.9, 5)).toEqual([0, 20, 40, 60, 80]);
    expect(roundTicks(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(roundTicks(0, 4)).toEqual([0]);
    expect(logTicks(3, 700, 10)).toEqual([5, 10, 20, 50, 100, 200, 500]);
    expect(logTicks(3, 700, 3)).toEqual([10, 100]);
    expect(logTicks(1e-3, 1e9, 4)).toEqual([1e-3, 10, 1e5, 1e9]);
  });

  test("whatever the axis, ticks lie within it", () => {
    fc.assert(fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), fc.double({ min: 1.01, max: 1e12, noNaN: true }), fc.integer({ min: 1, max: 20 }), (least, factor, count) => {
      const most = least * factor;
      for (const tick of logTicks(least, most, count)) expect(tick >= least * (1 - 1e-6) && tick <= most * (1 + 1e-6)).toBe(true);
      for (const tick of roundTicks(most, count)) expect(tick >= 0 && tick <= most * (1 + 1e-6)).toBe(true);
    }));
  });

  test("scales reach from one end to the other", () => {
    const linear = linearScale(50, 100, 200);
    expect([linear(0), linear(25), linear(50)]).toEqual([100, 150, 200]);
    const log = logScale(1, 100, 0, 10);
    expect([log(1), log(10), log(100)].map((value) => Number(value.toFixed(9)))).toEqual([0, 5, 10]);
  });

  test("times of one axis are in one unit, shares in per cent with one decimal", () => {
    expect([0, 0.25, 1].map(timeLabels(1.2))).toEqual(["0 s", "0.25 s", "1 s"]);
    expect([0, 0.00025].map(timeLabels(0.0009))).toEqual(["0 µs", "250 µs"]);
    expect([0, 0.0004, 0.1234, 1].map(shareText)).toEqual(["0.0 %", "<0.1 %", "12.3 %", "100.0 %"]);
  });
});

test("labels find room beside what is taken, or none", () => {
  const room = roomIn({ x: 0, y: 0, width: 100, height: 20 });
  room.take({ x: 0, y: 0, width: 50, height: 20 });
  expect(room.place([{ x: 10, y: 0, width: 20, height: 10 }, { x: 60, y: 0, width: 20, height: 10 }])).toEqual({ x: 60, y: 0, width: 20, height: 10 });
  expect(room.place([{ x: 60, y: 5, width: 20, height: 10 }, { x: 90, y: 0, width: 20, height: 10 }])).toBeUndefined();
});
