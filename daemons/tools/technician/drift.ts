/** Drift of the array: the clean-air level of each element over captures, of the first one that shows it. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { HistoryPoint, Series } from '../../core/plots/history-plot.ts';
import { Fault } from '../../core/ports/fault.ts';
import { judged } from '../captures/replay.ts';

/** A series for each element, in per cent of its first level. Errors: Fault `config` for a folder without captures. */
export async function arrayDrift(folder: string, models: string): Promise<readonly Series[]> {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const captures = names.filter((name) => existsSync(path.join(folder, name, 'sensors')));
  if (captures.length === 0)
    throw new Fault('config', `${folder}: holds no capture; fieldpost record makes them, one folder each`);
  const elements = new Map<string, HistoryPoint[]>();
  for (const name of captures) {
    const { box, model, advances } = await judged(path.join(folder, name), models);
    let [atMs, levels]: [number, readonly number[]] = [0, []];
    for await (const { state, measurements } of advances) {
      atMs = measurements.at(-1)?.at.wallMs ?? atMs;
      if (state.window.baseline.learned > 0) levels = state.window.baseline.levels;
    }
    await model?.close();
    for (const [i, { quantity }] of box.board.array.entries()) {
      const level = levels[i];
      if (level !== undefined && level > 0)
        elements.set(quantity, [...(elements.get(quantity) ?? []), { atMs, value: level }]);
    }
  }
  return [...elements].map(([name, points]) => {
    const inOrder = points.toSorted((a, b) => a.atMs - b.atMs);
    const first = inOrder[0]?.value ?? Number.NaN;
    return {
      name,
      points: inOrder.map(({ atMs, value }) => ({ atMs, value: value === null ? null : (100 * value) / first })),
    };
  });
}
