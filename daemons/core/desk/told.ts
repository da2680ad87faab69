/** What units were told of an alert and what they answered, folded from acts. Pure. */
import type { Told, Tried } from '../values/delivery.ts';
import type { Act, Deed } from '../values/desk.ts';

/** What stands of a unit that was told, or answered of itself; undefined: neither. */
export const toldOf = (told: readonly Told[] | undefined, unit: string | undefined): Told | undefined =>
  told?.find((one) => one.unit === unit);

/** The claim of that step, whatever came of it. */
export const triedOf = (
  told: readonly Told[] | undefined,
  { unit, way, step }: Pick<Extract<Deed, { what: 'tell' }>, 'unit' | 'way' | 'step'>,
): Tried | undefined => toldOf(told, unit)?.tried.find((one) => one.way === way && one.step === step);

const untold = (unit: string, sinceMs: number): Told => ({
  ...{ unit, sinceMs, tried: [] },
  ...{ received: null, seen: null, acknowledged: null, onScene: null, reported: null },
});

/** Total, as `foldAct`: what makes no sense changes nothing. */
export function foldTold(told: readonly Told[] | undefined, act: Act): readonly Told[] | undefined {
  const { atMs } = act;
  const unit = unitOf(act);
  if (unit === undefined) return told;
  const before = toldOf(told, unit) ?? untold(unit, atMs);
  const after = toldAfter(before, act);
  if (after === before) return told;
  return [...(told ?? []).filter((one) => one.unit !== unit), after].sort((a, b) => (a.unit < b.unit ? -1 : 1));
}

const unitOf = ({ deed, unit }: Act): string | undefined =>
  deed.what === 'tell' || deed.what === 'told' || deed.what === 'chain-over' ? deed.unit : unit;

/** Who saw it has it, and who acknowledges has seen it: a later word stands for the earlier ones that were lost on the way. */
function toldAfter(told: Told, { deed, by, atMs, doneMs }: Act): Told {
  const now = { by, atMs: doneMs ?? atMs };
  const received = told.received ?? now;
  const seen = { received, seen: told.seen ?? now };
  switch (deed.what) {
    case 'received':
      return { ...told, received };
    case 'seen':
      return { ...told, ...seen };
    case 'acknowledge':
      return { ...told, ...seen, acknowledged: told.acknowledged ?? now };
    case 'on-scene':
      return { ...told, ...seen, onScene: told.onScene ?? now };
    case 'report':
      return { ...told, ...seen, reported: { ...now, outcome: deed.outcome, text: deed.text } };
    case 'tell':
      return {
        ...told,
        tried: triedAfter(told.tried, { ...deed, state: 'sending', why: null, atMs, claimedMs: atMs }),
      };
    case 'told': {
      const claim = told.tried.find((one) => one.way === deed.way && one.step === deed.step);
      const { grouped, claimedMs } = claim ?? { grouped: false, claimedMs: atMs };
      return { ...told, tried: triedAfter(told.tried, { ...deed, grouped, atMs, claimedMs }) };
    }
    case 'chain-over':
      return { ...told, unanswered: { atMs } };
    default:
      return told;
  }
}

function triedAfter(
  tried: readonly Tried[],
  { way, step, state, atMs, claimedMs, grouped, why }: Tried,
): readonly Tried[] {
  const others = tried.filter((one) => one.way !== way || one.step !== step);
  return [...others, { way, step, state, atMs, claimedMs, grouped, why }];
}
