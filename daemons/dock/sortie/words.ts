/** What is said of a sortie, as events: chained and signed like all others, they are the record of who flew what under which order. */
import type { DockEvent } from '../said.ts';
import { shiftsText } from './checks.ts';
import type { Sortie, SortieRefusal, SortieSaid } from './state.ts';

/** One type for all of them, so that one look finds the story of a sortie. */
export const sortieEventType = 'sortie';

const refusals: Readonly<Record<SortieRefusal, string>> = {
  'sortie-open': 'another sortie is open',
  'no-sortie': 'no sortie is open',
  'not-known-to-stand': 'it is not known whether the drone stands on the ground',
  'in-the-air': 'the drone is in the air',
  'not-fit': 'the payload is not fit for it',
  'never-flown': 'it has not flown',
  'not-seen-since': 'the payload was not seen in zero gas since the landing',
  'not-checked': 'the payload was not checked since the landing',
  'not-purged': 'nobody said that the line was purged since the landing',
  offloading: 'it is closed, and waits for the receipts of the centre',
};

export function sortieEvent(said: SortieSaid): DockEvent {
  if (said.is === 'unbound')
    return {
      ...{ type: sortieEventType, severity: 'warning' },
      message: 'the drone took off and no sortie is open: nothing of this flight is captured',
      detail: { is: said.is },
    };
  if (said.is === 'refused') {
    const { ask, by, why, lacks } = said;
    return {
      ...{ type: sortieEventType, severity: 'warning' },
      message: `to ${ask} a sortie, asked by ${by}, is refused: ${refusals[why]}${lacks.length > 0 ? `: ${lacks.join('; ')}` : ''}; nothing was changed`,
      detail: { ...said },
    };
  }
  const { is, sortie, ...more } = said;
  return {
    ...{ type: sortieEventType, severity: isBad(said) ? 'warning' : 'info' },
    message: `sortie ${sortie.id}, order ${sortie.reference}: ${wordsOf(said)}`,
    detail: { is, ...detailOf(said), ...more, sortie: sortie.id, reference: sortie.reference, phase: sortie.phase },
  };
}

type OfSortie = Exclude<SortieSaid, { is: 'unbound' | 'refused' }>;

const moved = ({ after }: Sortie): boolean => after?.shifts.some(({ isBeyond }) => isBeyond) ?? false;

const isBad = (said: OfSortie): boolean => said.is === 'abandoned' || (said.is === 'checked' && moved(said.sortie));

function detailOf({ is, sortie }: OfSortie): Readonly<Record<string, unknown>> {
  const { area, by, before, flights, after } = sortie;
  if (is === 'opened') return { by, area, before };
  if (is === 'checked') return { after, demoted: moved(sortie) };
  return is === 'closed' || is === 'erased' || is === 'abandoned' ? { flights, after } : { flights };
}

function wordsOf(said: OfSortie): string {
  const { sortie } = said;
  switch (said.is) {
    case 'opened':
      return `opened by ${sortie.by}; the payload is fit: ${sortie.before.zeros.length} zeros, bump ${sortie.before.bumpAgeH?.toFixed(1)} h ago, ${sortie.before.flowMlMin} mL/min, clock within ${sortie.before.clockMs} ms`;
    case 'up':
      return `took off (${sortie.flights.length})`;
    case 'down':
      return 'landed; the payload waits for its check and purge';
    case 'checked':
      return moved(sortie)
        ? `checked; its alerts are in doubt, for ${sortie.after ? shiftsText(sortie.after) : ''}`
        : `checked; the zeros stayed within their limits${sortie.after ? `: ${shiftsText(sortie.after)}` : ''}`;
    case 'purged':
      return `the line was purged, by ${said.by}`;
    case 'closed':
      return 'closed; what was found leaves the payload as the centre gives its receipts';
    case 'abandoned':
      return sortie.flights.length > 0
        ? `abandoned by ${said.by} (${said.why}): nothing vouches for the payload after the flight; what was found is still delivered`
        : `abandoned by ${said.by} before it flew (${said.why})`;
    case 'erased':
      return 'the centre has given its receipt for everything; nothing of it is left on the payload';
  }
}
