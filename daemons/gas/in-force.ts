/**
 * What decides beside the readings: configuration, calibrations and model. Each record goes on file once, as an event with
 * the hash of its text; the line's state names them by their hashes.
 */
import { hash } from 'node:crypto';
import type { Box } from '../core/config/box.ts';
import type { ActiveModel } from '../core/model/activate.ts';
import type { Calibrations } from '../core/ports/calibrations.ts';
import type { Adjustment } from '../core/values/calibration.ts';
import type { GasSection } from './config.ts';
import type { LineState } from './line.ts';
import { freeze } from './line-state.ts';
import type { Said } from './sensor-event.ts';

/** A record as its JSON text, named by the SHA-256 (hex) of that. */
export interface OnFile {
  readonly type: 'config-in-force' | 'calibration-in-force' | 'identity-in-force';
  readonly sha256: string;
  readonly record: unknown;
}

/** The hashes by which a line's state names what was in force. */
export interface InForceRefs {
  readonly config: string;
  readonly calibrations: readonly string[];
}

export interface InForce {
  readonly refs: InForceRefs;
  readonly files: readonly OnFile[];
}

export const recordHash = (record: unknown): string => hash('sha256', JSON.stringify(record), 'hex');

const onFile = (type: OnFile['type'], record: unknown): OnFile => {
  // As it will be read back: fields that are undefined are none.
  const plain: unknown = JSON.parse(JSON.stringify(record));
  return { type, sha256: recordHash(plain), record: plain };
};

/** The calibration records in force for the board's quantities. */
export function recordsInForce(
  { board }: Pick<Box, 'board'>,
  calibrations: Pick<Calibrations, 'inForce'>,
): Adjustment[] {
  const serials = new Map(board.sensors.map(({ id, serial }) => [id, serial]));
  return board.quantities.flatMap(({ quantity, channel }) => {
    const sensor = channel.split('/', 1)[0] ?? '';
    return calibrations.inForce(sensor, serials.get(sensor) ?? '', quantity) ?? [];
  });
}

export interface Deciding {
  readonly box: Pick<Box, 'board' | 'device'>;
  readonly section: GasSection;
  readonly model: ActiveModel | null;
  readonly calibrations: Pick<Calibrations, 'inForce'>;
  /** What proves the device's signatures: its certificate and its public key in PEM; null where it has none. */
  readonly identity: { readonly certificate: string | null; readonly publicKey: string | null };
}

/** Everything that decides, as records. The profile's other sections stay out: they may hold addresses and decide nothing. */
export function inForceOf({ box, section, model, calibrations, identity }: Deciding): InForce {
  const { device, board } = box;
  const { ref, cardSha256, engine } = model ?? { ref: null, cardSha256: null, engine: null };
  const config = onFile('config-in-force', {
    device,
    board,
    gas: section,
    model: ref === null ? null : { ...ref, cardSha256, engine },
  });
  const records = recordsInForce(box, calibrations).map((one) => onFile('calibration-in-force', one));
  return {
    refs: { config: config.sha256, calibrations: records.map(({ sha256 }) => sha256) },
    files: [config, ...records, ...(identity.publicKey === null ? [] : [onFile('identity-in-force', identity)])],
  };
}

const names = {
  'config-in-force': 'the configuration',
  'calibration-in-force': 'a calibration',
  'identity-in-force': 'the key that signs, and its certificate,',
} as const;

/** What is told of a record that is not on file yet. */
export const onFileEvent = ({ type, sha256, record }: OnFile): Said => ({
  type,
  severity: 'info',
  message: `${names[type]} in force from here on`,
  detail: { sha256, record },
});

/** The line's memory between two telemetry envelopes: `next` is the number of the next reading of the run. */
export const lineStateEvent = (state: LineState, { config, calibrations }: InForceRefs): Said => ({
  type: 'line-state',
  severity: 'info',
  message: 'the memory of the gas line, for a replay',
  detail: { run: state.batch.run, next: state.batch.first, config, calibrations, state: freeze(state) },
});
