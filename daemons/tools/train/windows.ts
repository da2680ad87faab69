/** Captures and their labels as the windows that the gas daemon would have shown to its model. */
import path from 'node:path';
import type { Box } from '../../core/config/box.ts';
import { Fault } from '../../core/ports/fault.ts';
import { humidityQuantity } from '../../gas/compensate.ts';
import type { GasSection } from '../../gas/config.ts';
import { features } from '../../gas/features.ts';
import { freshWindow, window } from '../../gas/window.ts';
import { measured } from '../captures/replay.ts';
import type { LabelledExposure } from './labels.ts';

export interface Shown {
  readonly vector: Float32Array;
  readonly gas: string;
  readonly session: string;
  readonly ppm: number | null;
  /** Of the air at the array, g/m3. */
  readonly humidityGm3: number;
  /** Index of the exposure in exposures.yaml: windows of one exposure are never parted. */
  readonly exposure: number;
}

export interface ShownSet {
  readonly box: Box;
  readonly section: GasSection;
  readonly shown: readonly Shown[];
}

/**
 * The windows that lie within an exposure. Errors: Fault `config` for a folder that is no capture; `refused` when the
 * captures are of unlike boxes, or an exposure holds no whole window.
 */
export async function windowsOf(folder: string, exposures: readonly LabelledExposure[]): Promise<ShownSet> {
  let first: Pick<ShownSet, 'box' | 'section'> | null = null;
  const shown: Shown[] = [];
  for (const capture of new Set(exposures.map((one) => one.capture))) {
    const { box, section, windows } = await read(path.join(folder, capture));
    first ??= { box, section };
    if (!alike(first, { box, section }))
      throw new Fault(
        'refused',
        `${path.join(folder, capture)}: array or window differ from those of the first capture`,
      );
    exposures.forEach((one, exposure) => {
      if (one.capture !== capture) return;
      const { gas, session, ppm = null, fromS, toS } = one;
      const inside = windows.filter((each) => each.fromS >= fromS && each.toS <= toS);
      if (inside.length === 0)
        throw new Fault(
          'refused',
          `${path.join(folder, capture)}: no whole window from ${fromS} to ${toS} s (${gas}); nothing is judged while the baseline is learned, and a window takes ${windowS(section)} s`,
        );
      for (const { vector, humidityGm3 } of inside) shown.push({ vector, gas, session, ppm, humidityGm3, exposure });
    });
  }
  if (first === null) throw new Fault('refused', `${folder}: holds no exposure`);
  return { ...first, shown };
}

const windowS = ({ window: { samples }, samplePeriodMs }: GasSection): number => (samples * samplePeriodMs) / 1000;

const alike = (a: Pick<ShownSet, 'box' | 'section'>, b: Pick<ShownSet, 'box' | 'section'>): boolean => {
  const said = ({ box, section }: typeof a): string =>
    JSON.stringify([box.board.array, section.window, section.samplePeriodMs, section.model]);
  return said(a) === said(b);
};

interface Window {
  readonly fromS: number;
  readonly toS: number;
  readonly vector: Float32Array;
  readonly humidityGm3: number;
}

async function read(
  folder: string,
): Promise<Pick<ShownSet, 'box' | 'section'> & { readonly windows: readonly Window[] }> {
  const { box, section, looks } = await measured(folder);
  const options = {
    ...section.window,
    array: box.board.array.map(({ quantity }) => quantity),
    temperature: 'temperature',
    humidity: humidityQuantity,
  };
  const step = window(options);
  let state = freshWindow(options, null);
  let beganNs: number | null = null;
  const windows: Window[] = [];
  for await (const measurements of looks) {
    for (const one of measurements) {
      beganNs ??= one.at.monoNs;
      const [next, ...full] = step(state, one);
      state = next;
      for (const { at, window: seen } of full) {
        const vector = features(seen);
        const toS = (at.monoNs - beganNs) / 1e9;
        if (vector) windows.push({ fromS: toS - windowS(section), toS, vector, humidityGm3: seen.humidityGm3 });
      }
    }
  }
  return { box, section, windows };
}
