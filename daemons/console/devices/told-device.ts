/** Everything that the centre knows of one box, put together for a person. */
import type { Archive } from '../../core/ports/archive.ts';
import type { DeviceRecord } from '../../core/ports/records.ts';
import type { Rollout } from '../../core/rollout/plan.ts';
import { differencesFrom } from '../../core/twin/reported.ts';
import { calibrationsOf } from '../calibrations.ts';
import { rolloutOf } from './fleet-folder.ts';
import { type Heard, type HeardBox, unheard } from './heard.ts';
import type { DeviceAnswer } from './shapes.ts';
import { channelsOf } from './strip.ts';

export interface Known {
  /** Null: alerts name it, and nothing else is known. */
  readonly record: DeviceRecord | null;
  readonly heard: Heard | undefined;
  readonly rollouts: readonly Rollout[];
  readonly archive: Archive | undefined;
  /** Why no box can be asked for its logs; null: they can. */
  readonly noLogs: string | null;
}

export async function toldDevice(
  { site, device }: { readonly site: string; readonly device: string },
  { record, heard, rollouts, archive, noLogs }: Known,
): Promise<DeviceAnswer> {
  const box = heard?.of(site, device) ?? unheard;
  const found = rolloutOf(rollouts, site, device);
  return {
    ...{ site, device, known: record !== null, status: record?.status ?? 'unknown' },
    ...{ lastSeenMs: record?.lastSeenMs ?? null, simulated: record?.simulated ?? false, where: record?.where ?? null },
    birth: birthOf(record?.birth ?? {}),
    broker: heard ? (heard.connected ? 'heard' : 'away') : 'none',
    health: box.health,
    twin: twinOf(box),
    rollout: found && { ...found, reasons: [...found.reasons] },
    channels: archive ? [...(await channelsOf(archive, device))] : [],
    calibrations: archive ? [...(await calibrationsOf(archive, device))] : [],
    logs: { possible: noLogs === null, why: noLogs },
  };
}

function twinOf({ desired, reported, troubles }: HeardBox): DeviceAnswer['twin'] {
  return {
    desired: desired && {
      ...{ version: desired.version, by: desired.by, at: desired.at, executable: desired.executable },
      ...{ models: desired.models ?? {}, files: Object.keys(desired.files), reason: desired.override?.reason ?? null },
    },
    reported: reported && {
      ...{ phase: reported.phase, desired: reported.desired, inForce: reported.inForce },
      ...{ executable: reported.executable, reasons: [...reported.reasons] },
    },
    differences: desired ? [...differencesFrom(desired, reported)] : [],
    troubles: [...troubles],
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 200) : null);

/** What a box wrote is not to be trusted to have a shape. */
function birthOf(birth: Readonly<Record<string, unknown>>): DeviceAnswer['birth'] {
  const { version, boot, at, sensors, model } = birth;
  const named = model as { name?: unknown; version?: unknown } | null | undefined;
  const wallMs = (at as { wallMs?: unknown } | undefined)?.wallMs;
  return {
    ...{ version: text(version), boot: text(boot), atMs: typeof wallMs === 'number' ? wallMs : null },
    sensors: (Array.isArray(sensors) ? sensors : []).slice(0, 256).map((one: Record<string, unknown> | null) => ({
      ...{ id: text(one?.id) ?? '?', part: text(one?.part), serial: text(one?.serial) },
    })),
    model: named ? [text(named.name), text(named.version)].filter((one) => one !== null).join(' ') : null,
  };
}
