/** `fieldpost alarm`: what the crew's alarm of a post says, and the commands that a person gives it. */
import type { AlarmStatus } from '../../core/procedure/alarm-link.ts';
import type { AlarmRequest } from '../../core/procedure/link.ts';
import { belowLod, isBelowLod } from '../../core/values/lod.ts';
import { askOnce } from './ask-once.ts';

export interface AlarmAnswer {
  readonly status: AlarmStatus;
  readonly told: string | null;
}

/** Errors: as `askOnce`. */
export const askAlarm = (state: string, request: AlarmRequest): Promise<AlarmAnswer> =>
  askOnce(state, request, 'alarm');

const atOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const number = (value: number | null): string => (value === null ? 'no value' : value.toFixed(1));

/** What is below its LOD is told as that, with what was measured behind it. */
const reading = (value: number | null, lod: number | null | undefined, unit: string): string =>
  isBelowLod(value, lod) ? `${belowLod} (${number(value)} measured, LOD ${lod} ${unit})` : `${number(value)} ${unit}`;

/** The status as lines of text; the first says whether anybody must do something. */
export function alarmAsText({ gases, outputs }: AlarmStatus): string[] {
  if (gases.length === 0) return ['no crew limits: the profile has no gas.safety.limits'];
  const alarmed = gases.filter(({ latched }) => latched.length > 0);
  const blind = gases.filter(({ watched }) => !watched);
  const faults = Object.entries(outputs?.faults ?? {});
  const head = [
    ...(alarmed.length > 0 ? [`ALARM: ${alarmed.map(({ quantity }) => quantity).join(', ')}`] : []),
    ...(blind.length > 0 ? [`NOT WATCHED: ${blind.map(({ quantity }) => quantity).join(', ')}`] : []),
    ...(faults.length > 0 ? [`OUTPUT AT FAULT: ${faults.map(([name]) => name).join(', ')}`] : []),
  ];
  return [
    head.length > 0 ? head.join('; ') : 'well: every gas is watched, nothing is latched',
    ...gases.flatMap((gas) => {
      const { quantity, unit, limits, value, lod, stel, latched, over, mutedS } = gas;
      const mean = stel.mean === null ? `not known (${Math.round(100 * stel.share)} % measured)` : number(stel.mean);
      return [
        `${quantity}: ${reading(value, lod, unit)}; A1 ${limits.a1 ?? '-'}, A2 ${limits.a2 ?? '-'}, STEL ${limits.stel ?? '-'} (${limits.source}); mean of 15 min ${limits.stel === null ? '-' : mean}`,
        ...latched.map(
          ({ level, sinceMs }) =>
            `  ${level.toUpperCase()} latched since ${atOf(sinceMs)}${over.includes(level) ? ', still over its limit' : ', can be reset'}`,
        ),
        ...(mutedS === null ? [] : [`  muted for ${mutedS} s more`]),
      ];
    }),
    ...(outputs === null
      ? ['outputs: this board has none']
      : [
          `outputs: sounder ${onOff(outputs.sounder)}, beacon ${onOff(outputs.beacon)}, relay ${outputs.relayEnergised ? 'energised' : 'fallen'}`,
          ...faults.map(([name, why]) => `  ${name}: ${why}`),
        ]),
  ];
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');
