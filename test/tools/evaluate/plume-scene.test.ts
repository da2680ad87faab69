import test from 'ava';
import { toldOf } from '../../../daemons/tools/evaluate/plume-scene.ts';
import { openReleaseLine } from '../../../daemons/tools/simulate/release-line.ts';

/** In 14 and 39 the source begins while the wind comes from it, in 2 while it blows elsewhere. */
const seeds = [2, 14, 39] as const;

for (const seed of seeds)
  test(`the release of seed ${seed} gives one alert, corroborated, and every region that it tells holds the source`, async (t) => {
    const post = await openReleaseLine();
    t.teardown(post.close);
    const { alerts, corroborated, answers } = toldOf(post, seed);
    t.deepEqual([alerts, corroborated], [1, true]);
    t.true(answers.length > 10, `${answers.length}`);
    t.deepEqual(
      answers.filter(({ in90 }) => !in90),
      [],
    );
  });
