/** `fieldpost connect`: a cylinder to an instrument of a simulated site that runs. */
import path from 'node:path';
import { connectLines } from '../../core/adapters/lines.unix.ts';
import { Fault } from '../../core/ports/fault.ts';

/** Begins an answer that is a refusal. */
export const refusedMark = 'refused: ';

/** What the site answers. Errors: Fault `absent` when no simulated site runs there, `refused` by its words. */
export async function connectGas(state: string, sensor: string, gas: string): Promise<string> {
  const got = Promise.withResolvers<string>();
  const link = await connectLines(path.join(state, 'inlets.sock'), 1000, () => ({
    onLine: got.resolve,
    onClose: () => got.reject(new Fault('absent', `${state}: the simulated site hung up`)),
  }));
  link.send(`${sensor} ${gas}`);
  try {
    const answer = await got.promise;
    if (answer.startsWith(refusedMark)) throw new Fault('refused', answer.slice(refusedMark.length));
    return answer;
  } finally {
    link.close();
  }
}
