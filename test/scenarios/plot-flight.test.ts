/** From a flight's pictures and its log to one alert a plot at the console. The log is made up here; test/browser flies a real one. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { spotAt } from '../../daemons/core/geo/local.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { madeLog } from '../support/made-log.ts';
import { oneEach } from '../support/plot-alerts.ts';
import { plotFlight } from '../support/plot-flight.ts';

const home = { lat: 44.51, lon: 73.42 };

test('a flight with a log becomes one alert a plot, at its place, with outline, picture and ellipse', async (t) => {
  t.timeout(600_000);
  const log = path.join(freshFolder(t), 'made.tlog');
  // Round the middle in a minute, nose along the way, swaying a little.
  const flown = madeLog(62, (s) => {
    const turn = (2 * Math.PI * s) / 60;
    return {
      ...spotAt(home, [26 * Math.cos(turn), 26 * Math.sin(turn)]),
      ...{ altM: 700, aboveHomeM: 40 },
      ...{ rollDeg: 4 * Math.sin(s), pitchDeg: -5 + 3 * Math.cos(0.7 * s), yawDeg: ((6 * s + 90 + 180) % 360) - 180 },
    };
  });
  writeFileSync(log, flown);
  const flight = await plotFlight(t, { log, start: 1, seconds: 60, perSecond: 1 / 3, stills: true });
  oneEach(t, flight, 4);
});
