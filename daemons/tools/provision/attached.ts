/** What of a board is really there: every part is asked in the way that it allows, and nothing that was not described is written to. */
import { existsSync } from 'node:fs';
import type { Board, Sensor } from '../../core/config/box.ts';
import type { CameraSection } from '../../core/config/camera.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { Serial } from '../../core/ports/serial.ts';
import { openBuses } from '../../gas/daemon.ts';
import { driverOf } from '../../gas/drivers.ts';
import { type Buses, closeBuses } from '../../gas/lazy-driver.ts';

/** `unasked`: there is no way to ask; `there` for a serial part means its line, for what hangs on it may be switched off. */
export type Presence = 'there' | 'missing' | 'other' | 'unasked';

export interface Attached {
  /** Sensor or camera of the board file. */
  readonly id: string;
  readonly part: string;
  readonly presence: Presence;
  /** The part's own serial number, where it tells one. */
  readonly serial: string | null;
  /** For the reader: what was asked and what came. */
  readonly text: string;
}

/** Asks every sensor and camera of a board in turn. Nothing may read them meanwhile. */
export async function attachedTo(board: Board, file: string, clock: Clock): Promise<readonly Attached[]> {
  const buses = openBuses(board, { clock });
  const found: Attached[] = [];
  try {
    for (const sensor of board.sensors) found.push(await askSensor(sensor, { board, file, buses, clock }));
  } finally {
    await closeBuses(buses);
  }
  return [...found, ...board.cameras.map(lookAtCamera)];
}

interface Around {
  readonly board: Board;
  readonly file: string;
  readonly buses: Buses;
  readonly clock: Clock;
}

async function askSensor(
  { id, part, port, options }: Sensor,
  { board, file, buses, clock }: Around,
): Promise<Attached> {
  const say = (presence: Presence, text: string, serial: string | null = null): Attached => ({
    ...{ id, part, presence, serial, text },
  });
  const line = buses.serial.get(port);
  if (line) return { ...say('there', ''), ...(await lookAtLine(line, board.ports.serial[port])) };
  const bus = buses.i2c.get(port);
  if (!bus) return say('unasked', `lines of ${port} tell nothing of what is at them`);
  const { identify } = driverOf(part, `${file} sensors`).bind(`${file} sensors.${id}.options`, options);
  if (!identify) return say('unasked', `a ${part} cannot be asked without changing it`);
  try {
    const serial = await identify(bus, clock);
    return say('there', serial === null ? `answers on ${port}` : `answers on ${port}, serial ${serial}`, serial);
  } catch (error) {
    if (!isFault(error)) throw error;
    return say(error.kind === 'refused' || error.kind === 'checksum' ? 'other' : 'missing', error.message);
  }
}

async function lookAtLine(
  line: Serial,
  port: Board['ports']['serial'][string] | undefined,
): Promise<Pick<Attached, 'presence' | 'text'>> {
  if (port && 'path' in port)
    return existsSync(port.path)
      ? { presence: 'there', text: `${port.path} is there` }
      : { presence: 'missing', text: `${port.path} is not there: is the adapter plugged in?` };
  try {
    await line.transact(async (one) => one.discard());
    return { presence: 'there', text: 'its line can be opened' };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { presence: 'missing', text: error.message };
  }
}

function lookAtCamera({ id, source }: CameraSection): Attached {
  const say = (presence: Presence, text: string): Attached => ({ id, part: source.kind, presence, serial: null, text });
  const file =
    'device' in source ? source.device : 'folder' in source ? source.folder : 'file' in source ? source.file : null;
  if (file === null) return say('unasked', `a camera of kind ${source.kind} is seen when its daemon opens it`);
  return existsSync(file) ? say('there', `${file} is there`) : say('missing', `${file} is not there`);
}
