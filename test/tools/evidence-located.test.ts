/** The "why" of an alert that was located: its bundle alone gives the same place and regions again, to the byte. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { loadBox } from '../../daemons/core/config/box.ts';
import { verifyBundle } from '../../daemons/core/evidence/verify.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { toDegrees } from '../../daemons/gas/plume/estimate.ts';
import { replayBundle } from '../../daemons/tools/evidence/replay.ts';
import { release, releaseScene } from '../../daemons/tools/simulate/release.ts';
import { layRelease } from '../../daemons/tools/simulate/release-line.ts';
import { readingsOf } from '../../daemons/tools/simulate/release-post.ts';
import { posts } from '../../daemons/tools/simulate/site.ts';
import { holds } from '../support/rings.ts';
import { bundleOf, models, type Source, signedPost } from '../support/signed-post.ts';

/** Some revisions with an answer. */
const untilS = 150;

/** The simulated post with an anemometer in the release scene, whose source begins while the wind comes from it. */
async function released(): Promise<Source> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-located-'));
  const site = await layRelease(folder);
  const box = loadBox(site.config, posts.release.device);
  const calibrations = readFileSync(path.join(site.state, 'calibrations.json'), 'utf8');
  rmSync(folder, { recursive: true });
  const seed = 14;
  return {
    box,
    calibrations,
    readings: async () => [...readingsOf(releaseScene(seed), { seed, bootS: 1000.5, untilS })].flat(),
  };
}

for (const [words, restarts] of [
  ['', 0],
  [', over a restart of the daemon while it goes on', 7],
] as const)
  test(`the bundle of a located alert gives the same regions again, to the byte${words}`, async (t) => {
    const from = await released();
    const { device, where } = from.box.device;
    const post = await signedPost({ device, from, restarts, heldEveryMs: 10_000 });
    t.teardown(post.remove);
    const verdict = verifyBundle(await bundleOf(post, undefined, 'ammonia'));
    t.deepEqual(verdict.problems, []);
    const { revisions, telemetry, states, notes } = await replayBundle(verdict, models);
    t.deepEqual(notes, []);
    t.deepEqual([telemetry.same, states.same], [telemetry.of, states.of]);
    t.is(revisions.length, post.alerts.length);
    for (const { rev, recorded, replayed } of revisions) t.is(replayed, recorded, `revision ${rev}`);
    const found = revisions.flatMap(({ recorded }) => {
      const { plume } = JSON.parse(recorded) as Alert;
      return plume?.answer === 'source' ? [plume] : [];
    });
    t.true(found.length >= 3, `${found.length}`);
    const truth = toDegrees(where ?? { lat: 0, lon: 0 })(release.eastM, release.northM);
    for (const { region90, anew } of found) {
      t.true(holds(region90, truth));
      t.false(anew);
    }
  });
