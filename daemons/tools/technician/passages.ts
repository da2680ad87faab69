/** `fieldpost passage`: what the gas daemon of a checkpoint says of passages. */
import path from 'node:path';
import { connectControl } from '../../core/adapters/control.unix.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { PassageRequest, Reply } from '../../core/procedure/link.ts';

type Passages = Extract<Reply, { say: 'passages' }>;

/** Errors: Fault `absent` when the gas daemon does not run there; `refused` for a passage that it does not know. */
export async function askPassages(state: string, request: PassageRequest): Promise<Passages> {
  const got = Promise.withResolvers<Passages>();
  const control = await connectControl(path.join(state, 'control.sock'), {
    onReply: (said) => {
      if (said.say === 'passages') got.resolve(said);
      if (said.say === 'refused') got.reject(new Fault('refused', said.message));
    },
    onClose: () => got.reject(new Fault('absent', `${state}: the gas daemon hung up`)),
  });
  control.ask(request);
  try {
    return await got.promise;
  } finally {
    control.close();
  }
}

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
