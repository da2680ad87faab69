/** A small set in the format of the UCI drift batches, made up: six gases, sixteen power-law sensors that drift. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { normal, type Random, seeded } from '../../daemons/tools/simulate/random.ts';

export interface DriftSet {
  readonly batches: number;
  readonly perGas: number;
  /** ln units that a sensor's gain wanders from batch to batch. */
  readonly drift: number;
}

/** Lines of each batch, the first gas first: `label;ppm 1:v ... 128:v`. */
export function driftBatches({ batches, perGas, drift }: DriftSet): string[] {
  let random: Random = seeded(5);
  const draw = (): number => {
    const [value, next] = normal(random);
    random = next;
    return value;
  };
  const lnGain = Array.from({ length: 16 }, () => 8 + draw());
  const pattern = Array.from({ length: 6 }, () => Array.from({ length: 16 }, () => 0.5 * draw()));
  return Array.from({ length: batches }, () => {
    const lines = pattern.flatMap((ofGas, gas) =>
      Array.from({ length: perGas }, (_, i) => {
        const ppm = [50, 100, 200][i % 3] ?? 50;
        const cells = lnGain.flatMap((gain, sensor) => {
          const level = Math.exp(gain + (ofGas[sensor] ?? 0) + 0.6 * Math.log(ppm / 100) + 0.02 * draw());
          return [
            level,
            1 + level / 2e3,
            level / 4e3,
            level / 3e3,
            level / 2e3,
            -level / 5e3,
            -level / 4e3,
            -level / 2e3,
          ];
        });
        return `${gas + 1};${ppm.toFixed(6)} ${cells.map((value, k) => `${k + 1}:${value.toFixed(6)}`).join(' ')}`;
      }),
    );
    lnGain.forEach((gain, sensor) => {
      lnGain[sensor] = gain + drift * draw();
    });
    return `${lines.join('\n')}\n`;
  });
}

/** Writes texts as DIR/gas-drift/batchN.dat, from 1 upwards, and answers DIR; it is removed with the test. */
export function driftFolder(t: ExecutionContext, texts: readonly string[]): string {
  const data = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-drift-'));
  t.teardown(() => rmSync(data, { recursive: true }));
  mkdirSync(path.join(data, 'gas-drift'));
  for (const [i, text] of texts.entries()) writeFileSync(path.join(data, 'gas-drift', `batch${i + 1}.dat`), text);
  return data;
}
