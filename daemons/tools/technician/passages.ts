/** `fieldpost passage`: what the gas daemon of a checkpoint says of passages. */
import type { PassageRequest, Reply } from '../../core/procedure/link.ts';
import { askOnce } from './ask-once.ts';

type Passages = Extract<Reply, { say: 'passages' }>;

/** Errors: as `askOnce`. */
export const askPassages = (state: string, request: PassageRequest): Promise<Passages> =>
  askOnce(state, request, 'passages');

export function passagesAsText({
  entries,
  measured,
  notMeasured,
  indications,
  falseAlarms,
  missed,
  falsePerThousand,
}: Passages): string[] {
  const rate = falsePerThousand === null ? 'none measured' : `${falsePerThousand.toFixed(1)} false alarms per 1,000`;
  return [
    `${measured} measured, ${notMeasured} not measured, ${indications} indications, ${falseAlarms} of them found to be nothing, ${missed} missed; ${rate}`,
    ...entries.slice(-20).map(({ passage, result, found, by }) => {
      const decision = found === null ? '' : `; ${by} found ${found ? 'something' : 'nothing'}`;
      return `${passage}: ${result}${decision}`;
    }),
  ];
}
