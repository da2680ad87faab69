import type { WearCounters } from '../ports/wear.ts';
import type { BoxEvent } from '../values/envelope.ts';
import { freshWear, type WearBudget, type WearState, wearStep } from './budget.ts';
import { lifeYears, type Storage } from './life.ts';

/** What a health event says of wear, and what a doctor finds in the spool. Rates in MB (10^6 bytes) a day. */
export interface WearDetail {
  readonly mbPerDay: number | null;
  /** Of the whole device, all programs, with the file system's own writes. */
  readonly deviceMbPerDay: number | null;
  readonly budgetMbPerDay: number;
  readonly telemetryHoldMs: number;
  /** Projected from the device's rate and the assumptions about the card. */
  readonly lifeYears: number | null;
}

export interface WearLook {
  readonly detail: WearDetail;
  /** The hold that telemetry is to have from now on, in ms, when it changed. */
  readonly holdMs: number | null;
  readonly news: Omit<BoxEvent, 'at'> | null;
}

export interface WearWatch {
  readonly daemon: string;
  readonly counters: WearCounters;
  readonly budget: WearBudget;
  readonly storage: Storage;
  /** The hold that the profile asks for, in ms. */
  readonly holdMs: number;
}

/** Looks at the counters each time it is called with the monotonic time in ms; the first call is where it begins. */
export function watchWear({ daemon, counters, budget, storage, holdMs }: WearWatch): (monoMs: number) => WearLook {
  const options = { ...budget, holdMs };
  let state: WearState | null = null;
  let start: { readonly ms: number; readonly bytes: number } | null = null;
  return (monoMs) => {
    const { processBytes, device } = counters.read();
    state ??= freshWear(options, monoMs, processBytes ?? 0);
    const step = processBytes === null ? null : wearStep(options, state, monoMs, processBytes);
    state = step?.state ?? state;
    start ??= device && { ms: monoMs, bytes: device.bytes };
    const spanMs = start ? monoMs - start.ms : 0;
    const devicePerDay =
      start && device && spanMs >= 60_000 ? ((device.bytes - start.bytes) / spanMs) * 86_400_000 : null;
    const years = devicePerDay === null ? null : lifeYears(storage, device?.sizeBytes ?? null, devicePerDay);
    const perDay = step?.bytesPerDay ?? null;
    const detail: WearDetail = {
      mbPerDay: megabytes(perDay),
      deviceMbPerDay: megabytes(devicePerDay),
      budgetMbPerDay: budget.mbPerDay,
      telemetryHoldMs: state.holdMs,
      lifeYears: years === null ? null : Math.round(years * 10) / 10,
    };
    return {
      detail,
      holdMs: step?.changed ? state.holdMs : null,
      news: step?.changed ? newsOf(daemon, step.changed, detail) : null,
    };
  };
}

const megabytes = (bytes: number | null): number | null => (bytes === null ? null : Math.round(bytes / 1e5) / 10);

function newsOf(daemon: string, changed: 'longer' | 'shorter', detail: WearDetail): Omit<BoxEvent, 'at'> {
  const { mbPerDay, budgetMbPerDay, telemetryHoldMs } = detail;
  const how = changed === 'longer' ? 'more than' : 'well within';
  return {
    type: 'wear-budget',
    severity: changed === 'longer' ? 'warning' : 'info',
    message: `${daemon} writes ${mbPerDay} MB a day, ${how} its budget of ${budgetMbPerDay}: telemetry is held for ${telemetryHoldMs / 1000} s, which a power cut may cost; alerts and events are written at once as ever`,
    detail: { mbPerDay, budgetMbPerDay, telemetryHoldMs },
  };
}
