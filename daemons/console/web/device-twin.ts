/** What a box is to be and what it is, path by path; and the rollout that has it in hand. */
import type { DeviceAnswer } from '../devices/shapes.ts';
import { tag } from './alert-parts.ts';
import { factRow, note, tableOf, titled } from './device-parts.ts';
import { el } from './dom.ts';
import { formatMoment } from './format.ts';
import type { MessageKey } from './messages/keys.ts';
import { say } from './text.ts';

const reasonList = (reasons: readonly string[]): HTMLElement | null =>
  reasons.length === 0 ? null : el('ul', { class: 'reasons' }, ...reasons.map((one) => el('li', {}, one)));

/** A phase that somebody has to look at is as loud as it is. */
const phaseTag = (key: MessageKey, phase: string): HTMLElement =>
  tag(/^(reverted|refused|failed|back-failed)$/.test(phase) ? 'tag-critical' : 'tag-plain', say(key));

export function twinBlock({ twin, broker }: DeviceAnswer): HTMLElement {
  const title = say('twin.title');
  if (broker === 'none') return titled(title, note(say('device.noBroker')));
  const { desired, reported, differences, troubles } = twin;
  const rows = [
    desired &&
      factRow(
        say('twin.desired'),
        say('twin.version', { n: desired.version, by: desired.by, time: formatMoment(Date.parse(desired.at)) }),
      ),
    reported && factRow(say('twin.inForce'), `${reported.inForce}, ${reported.executable}`),
    reported &&
      factRow(
        say('twin.phase'),
        phaseTag(`twin.phase.${reported.phase}` as MessageKey, reported.phase),
        reasonList(reported.reasons),
      ),
    desired?.reason && factRow(say('twin.override'), desired.reason),
  ].flatMap((row) => row || []);
  return titled(
    title,
    broker === 'away' && note(say('device.away')),
    rows.length > 0 && el('dl', { class: 'facts' }, ...rows),
    !desired && note(say('twin.none')),
    desired && differences.length === 0 && note(say('twin.same')),
    differences.length > 0 &&
      tableOf(
        say('twin.differences'),
        [say('twin.path'), say('twin.isToBe'), say('twin.is')],
        differences.map(({ path, desired: is, reported: of }) => [path, is, of]),
      ),
    ...troubles.map((one) => el('p', { class: 'ack-failed' }, one)),
  );
}

export function rolloutBlock({ rollout }: DeviceAnswer): HTMLElement | null {
  if (!rollout) return null;
  const { rollout: name, wave, phase, reasons, mode, why } = rollout;
  return titled(
    say('rollout.one'),
    el(
      'dl',
      { class: 'facts' },
      ...factRow(say('rollout.name'), el('b', {}, name), ` ${why}`),
      ...factRow(say('rollout.state'), say(`rollout.mode.${mode}` as MessageKey)),
      ...factRow(say('rollout.wave.one'), String(wave)),
      ...factRow(say('rollout.here'), phaseTag(`rollout.phase.${phase}` as MessageKey, phase), reasonList(reasons)),
    ),
  );
}
