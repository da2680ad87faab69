/** How a box is, as it said itself. */
import type { Health } from '../../core/fleet/health.ts';
import type { DeviceAnswer } from '../devices/shapes.ts';
import { factRow, note, titled } from './device-parts.ts';
import { el } from './dom.ts';
import { formatAge, formatDay } from './format.ts';
import { say } from './text.ts';

const percent = (share: number): string => `${Math.round(100 * share)}\u00a0%`;
const counted = (counts: Readonly<Record<string, number>>, of: (n: number) => string = String): string =>
  Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name} ${of(n)}`)
    .join(', ');
const loud = (text: string): HTMLElement => el('b', { class: 'gap' }, text);

export function healthBlock({ health, broker, simulated }: DeviceAnswer, nowMs: number): HTMLElement {
  const title = say('health.title');
  if (broker === 'none') return titled(title, note(say('device.noBroker')));
  const old = [broker === 'away' && note(say('device.away')), simulated && note(say('health.simulated'))] as const;
  if (!health) return titled(title, ...old, note(say('health.none')));
  return titled(title, ...old, el('dl', { class: 'facts' }, ...rowsOf(health as unknown as Health, nowMs)));
}

function rowsOf(health: Health, nowMs: number): readonly HTMLElement[] {
  const { atMs, synced, load, memoryFree, storageFree, celsius, throttled, lifeYears, certificateMs } = health;
  const { overdue, waiting, drops, restarts, flagged } = health;
  const none = say('health.nothing');
  const throttling = throttled === null ? null : throttled.length > 0 ? loud(throttled.join(', ')) : none;
  const ended = counted(restarts);
  return [
    ...factRow(say('health.at'), say('device.seen', { age: formatAge(nowMs - atMs) })),
    ...factRow(say('health.clock'), synced ? say('health.clock.bound') : loud(say('health.clock.unbound'))),
    ...factRow(say('health.load'), load.toFixed(2)),
    ...factRow(say('health.memory'), percent(memoryFree)),
    ...factRow(say('health.storage'), storageFree < 0.1 ? loud(percent(storageFree)) : percent(storageFree)),
    ...(celsius === null ? [] : factRow(say('health.heat'), `${celsius.toFixed(0)}\u00a0°C`)),
    ...(throttling === null ? [] : factRow(say('health.throttled'), throttling)),
    ...(lifeYears === null ? [] : factRow(say('health.card'), say('health.years', { n: lifeYears.toFixed(1) }))),
    ...(certificateMs === null
      ? []
      : factRow(
          say('health.certificate'),
          certificateMs < nowMs ? loud(formatDay(certificateMs)) : formatDay(certificateMs),
        )),
    ...factRow(say('health.overdue'), overdue.length > 0 ? loud(overdue.join(', ')) : none),
    ...factRow(say('health.waiting'), counted(waiting) || none),
    ...factRow(say('health.drops'), String(drops)),
    ...factRow(say('health.restarts'), ended === '' ? none : loud(ended)),
    ...factRow(say('health.flagged'), counted(flagged, percent) || none),
  ];
}
