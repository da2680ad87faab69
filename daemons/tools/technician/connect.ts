/** `fieldpost connect`: a cylinder to an instrument of a simulated site that runs. */
import path from 'node:path';
import { connectLines } from '../../core/adapters/lines.unix.ts';
import { Fault } from '../../core/ports/fault.ts';

/** What the site answers. Errors: Fault `absent` when no simulated site runs there. */
export async function connectGas(state: string, sensor: string, gas: string): Promise<string> {
  const got = Promise.withResolvers<string>();
  const link = await connectLines(path.join(state, 'inlets.sock'), 1000, () => ({
    onLine: got.resolve,
    onClose: () => got.reject(new Fault('absent', `${state}: the simulated site hung up`)),
  }));
  link.send(`${sensor} ${gas}`);
  try {
    return await got.promise;
  } finally {
    link.close();
  }
}
