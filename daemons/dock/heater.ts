/**
 * When the heater of the dock is on: against cold, and against water on drone and contacts. With hysteresis, so that a relay does
 * not chatter; off wherever the air is not known, the supply is away or somebody pressed the emergency stop. Pure.
 */
import type { Air } from '../core/codecs/sht4x.ts';
import type { DockSection } from './config.ts';
import type { Dock } from './state.ts';

export type HeaterRule = NonNullable<DockSection['heater']>;

export function heats(
  was: boolean,
  { mode, seen }: Pick<Dock, 'mode' | 'seen'>,
  { air, rule }: { readonly air: Air | null; readonly rule: HeaterRule | undefined },
): boolean {
  if (!rule || !air || mode === 'emergency' || seen.stopPressed || !seen.power) return false;
  const { temperatureC: t, humidityPercent: rh } = air;
  // Heat dries nothing that is hotter than this, and a number that is none is no reason to heat.
  if (!(t <= rule.mostC)) return false;
  if (t < rule.onBelowC || rh > rule.onAbovePercent) return true;
  return was && !(t > rule.offAboveC && rh < rule.offBelowPercent);
}
