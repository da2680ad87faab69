/** Five weeks of a post in seconds, on a clock that leaps; the whole year is `npm run soak -- --year`. */
import test from 'ava';
import { fewLooks } from '../rigs/year/calendar.ts';
import { yearFigures } from '../rigs/year/figures.ts';
import { lacksForYear, runYear } from '../rigs/year/year.ts';
import { needs } from '../support/needs.ts';

const title = 'a leap day, summer time, two renewals, an ended calibration and days without a broker';

if (needs('faketime', title) && needs('mosquitto', title) && lacksForYear() === null)
  test(`${title}: nothing is lost or doubled, and what is old is folded`, async (t) => {
    t.timeout(600_000);
    const figures = yearFigures(fewLooks, await runYear(fewLooks, () => {}));
    for (const { id, value, unit, reach, ok, note } of figures)
      t.true(ok === true, `${id}: ${value} ${unit}; must be ${reach} (${note})`);
  });
else test('skipped', (t) => t.pass());
