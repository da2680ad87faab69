/** Cylinders of a simulated site: whoever tries a procedure on it connects them by a word over a unix socket. */
import path from 'node:path';
import { type LineServer, serveLines } from '../../core/adapters/lines.unix.ts';
import { readConfig } from '../../core/config/box.ts';
import { Fault } from '../../core/ports/fault.ts';
import { cylindersOf, gasesFile } from '../../gas/procedures/gases.ts';
import { refusedMark } from '../technician/connect.ts';
import { inlet } from './inlet.ts';
import type { Instrument } from './supervise.ts';

/**
 * `sensor gas`, or `sensor air` for the air around it; the answer is a sentence. `instruments` by the id of their sensor. Errors:
 * Fault `refused` for what is not there.
 */
export async function answerOf(
  line: string,
  state: string,
  instruments: ReadonlyMap<string, Pick<Instrument, 'connect'>>,
): Promise<string> {
  const [sensor = '', id = ''] = line.trim().split(/\s+/);
  const instrument = instruments.get(sensor);
  if (!instrument)
    throw new Fault('refused', `no gas can be connected to ${sensor}; to ${[...instruments.keys()].join(', ')}`);
  if (id === 'air') {
    await instrument.connect(null);
    return `${sensor}: nothing is connected, it draws the air around it`;
  }
  const gases = cylindersOf(readConfig(path.join(state, 'gases.yaml'), gasesFile));
  const gas = gases.find((one) => one.id === id);
  if (!gas) throw new Fault('refused', `there is no gas ${id}; known: ${gases.map((one) => one.id).join(', ')}, air`);
  const what = inlet.safeParse(gas.applied === 0 ? {} : { [gas.gas]: gas.applied });
  if (!what.success) throw new Fault('refused', `${id}: no simulated instrument knows ${gas.gas}`);
  await instrument.connect(what.data);
  return `${sensor}: ${id} is connected, ${gas.gas} ${gas.applied} ${gas.unit}`;
}

/** Serves in the state folder of the simulated box. Errors: Fault `refused` when another site serves there. */
export const serveCylinders = (
  state: string,
  instruments: ReadonlyMap<string, Pick<Instrument, 'connect'>>,
): Promise<LineServer> =>
  serveLines(path.join(state, 'inlets.sock'), { longest: 200, mostClients: 4 }, ({ send }) => ({
    onLine: (line) =>
      void answerOf(line, state, instruments).then(send, (error: unknown) =>
        send(`${refusedMark}${(error as Error).message}`),
      ),
    onClose: () => {},
  }));
