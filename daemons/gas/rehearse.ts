/** What the gas daemon does up to its first reading, but for the world: so that its code is compiled when it is packaged. */
import type { Box } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import { gasSection } from './config.ts';
import { plan } from './conversions.ts';
import { driverOf } from './drivers.ts';
import { gasLine } from './line.ts';

/** Lays the line of a box and takes one reading of every channel. */
export function rehearse({ board, device, profile, files }: Box): void {
  const section = parseValue(`${files.profile} gas`, profile.gas ?? {}, gasSection);
  const drivers = new Map(
    board.sensors.map(({ id, part, options }) => [
      id,
      { channels: driverOf(part, id).bind(id, options).channels, read: () => Promise.resolve([]) },
    ]),
  );
  const { conversions } = plan(board, drivers, { inForce: () => null });
  const line = gasLine({ device: device.device, where: null, section, board, conversions, model: null });
  const at = { wallMs: 0, monoNs: 0, boot: 'rehearsal', synced: false, uncertaintyMs: null };
  const readings = [...drivers].flatMap(([sensor, { channels }]) =>
    channels.map(({ name, unit }) => ({ sensor, channel: name, at, value: 1, unit, flags: [] })),
  );
  line.drain(line.advance(line.fresh(), readings).state);
}
