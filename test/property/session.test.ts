/**
 * Fuzzed sessions of the language server in this process: thousands of messages, valid and not, end with a server that
 * lives and says what a fresh one says. `DSCO_FUZZ_MESSAGES` sets how many are sent to each kind of editor's server,
 * `DSCO_FUZZ_SEED` where they begin; a round that fails is played again alone and shortened.
 */
import { expect, test } from "vitest";
import { connectInMemory, memoryHost } from "../kit/in-memory-server";
import { startSession, type Disk } from "./session";
import { profiles, type Profile } from "./session-profiles";
import { shortest, stepsOf, type Step } from "./session-steps";

const messages = Number(process.env["DSCO_FUZZ_MESSAGES"] ?? 2_500);
const firstSeed = Number(process.env["DSCO_FUZZ_SEED"] ?? 1);
const stepsOfRound = 150;

function inMemory(profile: Profile) {
  const files = new Map<string, string>();
  const disk: Disk = { root: "file:///fuzz/", write: (uri, text) => void files.set(new URL(uri).href, text), remove: (uri) => void files.delete(new URL(uri).href) };
  const connect = connectInMemory(memoryHost(files));
  return startSession(profile, connect, connect, disk);
}

async function failsAlone(profile: Profile, steps: readonly Step[]): Promise<readonly string[]> {
  const session = await inMemory(profile);
  const complaints = await session.round(steps);
  session.editor.close();
  return complaints;
}

test.each(profiles)("$name: after a storm the server is alive and right", { timeout: 3_600_000 }, async (profile) => {
  const session = await inMemory(profile);
  for (let seed = firstSeed; session.played() < messages; seed += 1) {
    const steps = stepsOf(seed, stepsOfRound);
    const complaints = await session.round(steps);
    if (complaints.length === 0) continue;
    const alone = await failsAlone(profile, steps);
    const fewest = alone.length === 0 ? undefined : await shortest(steps, async (fewer) => (await failsAlone(profile, fewer)).length > 0);
    const said = fewest ? await failsAlone(profile, fewest) : complaints;
    expect.fail(`DSCO_FUZZ_SEED=${seed}${fewest ? "" : ` (only after the rounds from ${firstSeed} on)`}: ${said.slice(0, 5).join("\n")}\nafter the steps ${JSON.stringify(fewest ?? steps)}`);
  }
  session.editor.close();
  expect(session.played()).toBeGreaterThanOrEqual(messages);
});
