import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { replayI2c } from '../../daemons/core/adapters/i2c.replay.ts';
import { replaySerial } from '../../daemons/core/adapters/serial.replay.ts';
import { type Capture, parseCapture } from '../../daemons/core/capture/capture.ts';
import { replayClock } from '../../daemons/core/capture/player.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { driverOf } from '../../daemons/gas/drivers.ts';
import { replay } from '../../daemons/tools/captures/replay.ts';

const models = path.join(import.meta.dirname, '../../models');
const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
/** Captures of a whole box, which `fieldpost replay` takes; every other folder is a part. */
const wholeLine = 'gas-line';
const parts = folders.filter(({ name }) => name !== wholeLine);

/** What the driver says on a capture, look by look, until every recorded operation was asked for. */
async function looks(file: string, capture: Capture): Promise<unknown[]> {
  const { header } = capture;
  const port = header.port === 'i2c' ? replayI2c(capture) : replaySerial(capture);
  const clock = replayClock(capture, port);
  // A driver that hears what an instrument says by itself asks how long ago it looked: the looks keep their distance.
  const periodMs = typeof header.periodMs === 'number' ? header.periodMs : 0;
  const bound = driverOf(header.part, file).bind(file, header.options);
  const said: unknown[] = [];
  const look = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isFault(error)) throw error;
      said.push({ fault: error.kind });
    }
  };
  while (!port.ended()) {
    await look(async () => {
      const driver = await bound.open(port, clock);
      while (!port.ended()) {
        await look(async () => said.push(await driver.read()));
        await clock.sleep(periodMs, 'period');
      }
    });
  }
  return said;
}

for (const part of parts) {
  for (const name of readdirSync(path.join(import.meta.dirname, part.name))) {
    test(`${part.name}, ${name}: the recorded bytes give the samples that are expected`, async (t) => {
      const folder = path.join(import.meta.dirname, part.name, name);
      const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
      const capture = parseCapture(path.join(part.name, name, 'capture.jsonl'), read('capture.jsonl'));
      const lines = read('expected.jsonl').trimEnd().split('\n');
      t.deepEqual(
        await looks(path.join(folder, 'capture.jsonl'), capture),
        lines.map((line) => JSON.parse(line)),
      );
    });
  }
}

for (const name of readdirSync(path.join(import.meta.dirname, wholeLine))) {
  test(`the whole line, ${name}: the recorded bytes give the alerts and events that are expected`, async (t) => {
    const folder = path.join(import.meta.dirname, wholeLine, name);
    const said: string[] = [];
    for await (const { stream, text } of replay(folder, models)) if (stream !== 'tele') said.push(text);
    t.deepEqual(said, readFileSync(path.join(folder, 'expected.jsonl'), 'utf8').trimEnd().split('\n'));
  });
}
