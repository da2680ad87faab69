import test from 'ava';
import fc from 'fast-check';
import { lineTemplate, matchLine } from '../../../daemons/core/codecs/line-template.ts';
import { gillFields, nmeaSentence, xorOf } from '../../../daemons/core/codecs/nmea.ts';
import type { Sample } from '../../../daemons/core/driver.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { trim } from '../../../daemons/core/telemetry/trim.ts';
import { asciiLine } from '../../../daemons/gas/drivers/ascii-line.ts';
import { decode as decodeGps, nmeaGps } from '../../../daemons/gas/drivers/nmea-gps.ts';
import { decode as decodeWind, wind } from '../../../daemons/gas/drivers/wind.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { answerer, gillLine, gpsBurst, nmeaLine } from '../../../daemons/tools/simulate/devices/talkers.ts';
import { timedLine } from '../../support/timed-line.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').trimEnd();
const ascii = (line: string): Uint8Array => Uint8Array.from(Buffer.from(line, 'latin1'));
const kindOf = (work: () => unknown): string => {
  try {
    work();
    return 'no fault';
  } catch (error) {
    return isFault(error) ? error.kind : String(error);
  }
};
const gga = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';
const anyHdop = nmeaGps.config.parse({});
const gill = wind.config.parse({ protocol: 'gill-polar' });
const mwv = wind.config.parse({ protocol: 'nmea-mwv' });

/** Latitude and longitude in degrees, from values that keep six digits on their way as those of a line do. */
function placeOf(samples: readonly Sample[]): (number | null)[] {
  const at = (name: string): number | null => {
    const value = samples.find(({ channel }) => channel === name)?.value ?? null;
    return value === null ? null : trim(value, 6);
  };
  return ['latitude', 'longitude'].map((axis) => {
    const [coarse, fine] = [at(`${axis}-coarse`), at(`${axis}-fine`)];
    return coarse === null || fine === null ? null : coarse + fine / 1e6;
  });
}

test('NMEA: the published GGA sentence checks (sensing.md 2.2) and is 48.1173 N, 11.5167 E, 545.4 m', (t) => {
  const samples = decodeGps(nmeaSentence(gga), anyHdop) ?? [];
  const [lat, lon] = placeOf(samples);
  t.true(Math.abs((lat ?? Number.NaN) - (48 + 7.038 / 60)) < 1e-7);
  t.true(Math.abs((lon ?? Number.NaN) - (11 + 31 / 60)) < 1e-7);
  t.deepEqual(
    samples.slice(4).map(({ value }) => value),
    [545.4, 0.9, 8],
  );
  t.deepEqual(
    samples.flatMap(({ flags }) => flags),
    [],
  );
});

test('GPS: a place comes through values of six digits as finely as its sentence has it, anywhere on earth', (t) => {
  const part = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
  const comesThrough = fc.property(part(89.99), part(179.99), (lat, lon) => {
    const sentence = text(gpsBurst({ lat, lon, altitudeM: 5, quality: 1 })).split('\r\n')[1] ?? '';
    const [north, east] = placeOf(decodeGps(nmeaSentence(sentence), anyHdop) ?? []);
    // The sentence has four decimals of a minute: 0.83e-6 degrees to either side.
    return Math.abs((north ?? 99) - lat) < 1e-6 && Math.abs((east ?? 999) - lon) < 1e-6;
  });
  t.notThrows(() => fc.assert(comesThrough));
});

test('NMEA: any one character changed is a checksum or no sentence, never another position', (t) => {
  for (let at = 1; at < gga.length; at++)
    for (const bit of [1, 2, 4, 8, 16]) {
      const other = gga.slice(0, at) + String.fromCharCode(gga.charCodeAt(at) ^ bit) + gga.slice(at + 1);
      if (other.toUpperCase() === gga) continue;
      t.not(
        kindOf(() => nmeaSentence(other)),
        'no fault',
        other,
      );
    }
});

test('GPS: south and west are negative; without a fix there is no position; a vague one is flagged', (t) => {
  const fields = (more: string) => decodeGps(nmeaSentence(text(nmeaLine(`GNGGA,1,${more}`))), anyHdop) ?? [];
  t.deepEqual(placeOf(fields('3352.5,S,07030.0,W,4,10,0.7,500.0,M,0,M,,')), [-33.875, -70.5]);
  const none = fields(',,,,0,02,99.9,,,,,,');
  for (const { value, flags } of none.slice(0, 5)) t.deepEqual([value, flags], [null, ['no-fix']]);
  t.is(none[6]?.value, 2);
  t.deepEqual(fields('3352.5,S,07030.0,W,1,04,25.0,500.0,M,0,M,,')[0]?.flags, ['out-of-range']);
  for (const quality of [6, 7, 8]) t.is(fields(`3352.5,S,07030.0,W,${quality},10,0.7,1,M,0,M,,`)[0]?.value, null);
  t.is(fields('3360.0,S,07030.0,W,1,10,0.7,1,M,0,M,,')[0]?.value, null);
});

test('WindSonic: the published polar message checks (1405-PS-0019, 9.1; sensing.md 2.2): from 229 degrees at 2.74 m/s', (t) => {
  const line = '\x02Q,229,002.74,M,00,\x0316';
  t.deepEqual(gillFields(line), ['Q', '229', '002.74', 'M', '00', '']);
  t.deepEqual(
    decodeWind(line, gill)?.map(({ value }) => value),
    [2.74, 229],
  );
});

test('anemometers: the examples of the manuals that do not check are refused (sensing.md 2.2)', (t) => {
  t.is(xorOf('IIMWV,120,R,002.10,M,00'), 0x51);
  t.is(
    kindOf(() => decodeWind('$IIMWV,120,R,002.10,M,00*5D', mwv)),
    'checksum',
  );
  t.not(
    kindOf(() => decodeWind('$IIMWV,120,R,002.10,M,00*51', mwv)),
    'checksum',
  );
});

test('anemometers: every unit becomes m/s', (t) => {
  const speed = (unit: string) => decodeWind(text(gillLine(`Q,090,010.00,${unit},00,`)), gill)?.[0]?.value ?? 0;
  for (const [unit, expected] of [
    ['M', 10],
    ['N', 5.14444],
    ['P', 4.4704],
    ['K', 2.77778],
    ['F', 0.0508],
  ] as const)
    t.true(Math.abs(speed(unit) - expected) < 1e-4, unit);
  t.is(decodeWind(text(gillLine('Q,090,010.00,X,00,')), gill)?.[0]?.value, null);
});

test('anemometers: a failed axis is no wind, a calm has no direction, north may lie elsewhere', (t) => {
  for (const code of ['01', '02', '04', '08', '09'])
    t.deepEqual(
      decodeWind(text(gillLine(`Q,090,010.00,M,${code},`)), gill)?.map(({ value, flags }) => [value, flags]),
      [
        [null, ['instrument-fault']],
        [null, ['instrument-fault']],
      ],
    );
  t.is(decodeWind(text(gillLine('Q,090,010.00,M,0A,')), gill)?.[1]?.value, 90);
  t.deepEqual(decodeWind(text(gillLine('Q,,000.04,M,00,')), gill)?.[1], {
    channel: 'wind-from',
    value: null,
    flags: ['not-a-number'],
  });
  t.is(decodeWind(text(gillLine('Q,350,001.00,M,00,')), { ...gill, northDeg: 20 })?.[1]?.value, 10);
  t.is(decodeWind(text(nmeaLine('WIMWV,350,R,1.0,M,V')), mwv)?.[0]?.flags[0], 'instrument-fault');
  t.is(decodeWind(text(nmeaLine('WIMWV,350,T,1.0,M,A')), mwv), null);
});

test('a pattern gives the numbers at its places, gaps as none, and nothing for a line that does not fit to its end', (t) => {
  const template = lineTemplate('CO {co} ppm, {} T={temperature}C');
  const match = (line: string) => {
    const found = matchLine(template, line, ['---']);
    return found && Object.fromEntries(found);
  };
  t.deepEqual(match('CO  12.5  ppm, status ok T=-3.25C'), { co: 12.5, temperature: -3.25 });
  t.deepEqual(match('CO --- ppm, x T=1e1C'), { co: null, temperature: 10 });
  for (const line of ['CO 12.5 ppm, x T=3C ', 'CO 12.5 ppm, x T=3CC', 'CO 1.2.5 ppm, x T=3C', 'CO ppm, x T=3C', ''])
    t.is(match(line) !== null, line.trim() === 'CO 12.5 ppm, x T=3C', line);
});

test('a pattern that is ambiguous is refused with the reason', (t) => {
  const why = (pattern: string): string => {
    const result = asciiLine.config.safeParse({ pattern, channels: [{ name: 'co', unit: 'ppm', range: [0, 1] }] });
    return result.success ? '' : result.error.issues.map(({ message }) => message).join('; ');
  };
  t.is(why('CO {co}'), '');
  t.regex(why('{co}{}'), /there must be text/);
  t.regex(why('{co} {co}'), /twice/);
  t.regex(why('hello'), /at least one/);
  t.regex(why('{CO}'), /channel's name/);
  t.regex(why('{co} {no2}'), /pattern names no2/);
  t.regex(why('{no2}'), /no place for co/);
});

test('no pattern and no line takes longer than the line is long: what would hang a regular expression does not', (t) => {
  const piece = fc.constantFrom('{a}', '{}', ' ', 'x', 'xx', '1', '.', ',', 'e');
  const word = fc.constantFrom('x', 'xx', '1', '.', ' ', '-', 'e', '999999999999999999');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.array(word, { maxLength: 200 }), (pattern, line) => {
      let template: ReturnType<typeof lineTemplate>;
      try {
        template = lineTemplate(pattern.join(''));
      } catch (error) {
        return isFault(error) && error.kind === 'config';
      }
      const found = matchLine(template, line.join(''), []);
      return found === null || found.size === template.names.length;
    }),
  );
  const worst = lineTemplate(`${'{} x '.repeat(20)}{a}`);
  t.is(matchLine(worst, ' x'.repeat(5000), []), null);
});

const analyzer = (more: object) =>
  asciiLine.config.parse({
    pattern: 'CO {co} ppm',
    timeoutMs: 1500,
    channels: [{ name: 'co', unit: 'ppm', range: [0, 500] }],
    ...more,
  });

test('the tail of a line that was running when the port was opened is never taken for a line', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  const bare = analyzer({ pattern: '{co}' });
  const driver = await asciiLine.open(line, bare, clock);
  line.say(10, ascii('5.0\r\n'));
  line.say(1000, ascii('12'));
  line.say(1010, ascii('5.0\r\n'));
  t.is((await driver.read())[0]?.value, 125);
});

test('an analyzer that fell silent gives no old line as a new value', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  const driver = await asciiLine.open(line, analyzer({}), clock);
  for (let ms = 0; ms < 5000; ms += 1000) line.say(ms, ascii('CO 5 ppm\r\n'));
  t.is((await driver.read())[0]?.value, 5);
  await clock.sleep(60_000, 'period');
  const error = await t.throwsAsync(driver.read());
  t.true(isFault(error) && error.kind === 'timeout');
});

test('noise without an end fills no memory and ends in its time; a question is answered by the line after it', async (t) => {
  const clock = benchClock(0);
  const noisy = timedLine(clock, () => []);
  const listening = await asciiLine.open(noisy, analyzer({}), clock);
  for (let ms = 0; ms < 60_000; ms += 10) noisy.say(ms, ascii('x'.repeat(100)));
  await t.throwsAsync(listening.read());
  t.true(clock.now().wallMs <= 1500);

  const device = answerer('R1\r\n', () => 'CO 7 ppm');
  const line = timedLine(clock, (written) => device.receive(written).map((bytes) => ({ afterMs: 5, bytes })));
  line.say(clock.now().wallMs, ascii('CO 3 ppm\r\n'));
  const driver = await asciiLine.open(line, analyzer({ ask: 'R1\r\n' }), clock);
  t.is((await driver.read())[0]?.value, 7);
});

test('a line with a check is held to it', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  const driver = await asciiLine.open(line, analyzer({ check: 'xor' }), clock);
  const good = nmeaLine('CO 7 ppm');
  line.say(10, ascii('\r\n'));
  line.say(900, good);
  t.is((await driver.read())[0]?.value, 7);
  line.say(
    clock.now().wallMs + 900,
    good.map((byte, i) => (i === 4 ? byte ^ 1 : byte)),
  );
  const error = await t.throwsAsync(driver.read());
  t.true(isFault(error) && error.kind === 'checksum');
});
