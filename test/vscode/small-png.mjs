#!/usr/bin/env node
// Makes pictures small, for those that stand in the package: at most 256 colours, which is what a picture of an editor needs.
//   node test/vscode/small-png.mjs FILES…
import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { launchChromium } from "./chromium.mjs";

const mostColours = 256;

/** A browser reads the picture: its pixels as four bytes each. */
async function pixelsOf(/** @type {import("playwright-core").Page} */ page, /** @type {Buffer} */ png) {
  const { width, height, base64 } = /** @type {{ width: number, height: number, base64: string }} */ (await page.evaluate(`(async () => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64,${png.toString("base64")}")).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let at = 0; at < data.length; at += 30000) text += String.fromCharCode(...data.subarray(at, at + 30000));
    return { width: bitmap.width, height: bitmap.height, base64: btoa(text) };
  })()`));
  return { width, height, pixels: Buffer.from(base64, "base64") };
}

/** The most frequent colours stay as they are, each other one becomes the nearest of them. */
function indexed(/** @type {Buffer} */ pixels) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].toSorted(([, left], [, right]) => right - left).slice(0, mostColours).map(([colour]) => colour);
  const distance = (/** @type {number} */ one, /** @type {number} */ other) => [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  const places = new Map([...counts.keys()].map((colour) => {
    let nearest = 0;
    for (const [place, candidate] of palette.entries()) if (distance(colour, candidate) < distance(colour, palette[nearest] ?? 0)) nearest = place;
    return [colour, nearest];
  }));
  return { palette, places: Uint8Array.from({ length: pixels.length / 4 }, (_, pixel) => places.get(pixels.readUIntBE(4 * pixel, 3)) ?? 0) };
}

function chunk(/** @type {string} */ name, /** @type {Uint8Array} */ data) {
  const content = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, check]);
}

/** The same picture with at most 256 colours. It has no transparent parts. */
export async function smallPng(/** @type {import("playwright-core").Page} */ page, /** @type {Buffer} */ png) {
  const { width, height, pixels } = await pixelsOf(page, png);
  const { palette, places } = indexed(pixels);
  const header = Buffer.from([...[width, height].flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]), 8, 3, 0, 0, 0]);
  const rows = Buffer.concat(Array.from({ length: height }, (_, row) => Buffer.concat([Buffer.of(0), places.subarray(row * width, (row + 1) * width)])));
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header), chunk("PLTE", Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", new Uint8Array()),
  ]);
}

if (process.argv[1]?.endsWith("small-png.mjs")) {
  const browser = await launchChromium();
  const page = await browser.newPage();
  for (const file of process.argv.slice(2)) {
    const before = readFileSync(file);
    const after = await smallPng(page, before);
    console.log(`${file}: ${before.length} → ${after.length} bytes`);
    if (after.length < before.length) writeFileSync(file, after);
  }
  await browser.close();
}
