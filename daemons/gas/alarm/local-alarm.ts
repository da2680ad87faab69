/**
 * The alarm of the post: what the crew's state asks of the outputs, every second and at each change. It stands beside the line: it
 * reads the line's memory and waits neither for the spool nor for anybody who listens.
 */
import type { AlarmSection } from '../../core/config/alarm.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Gpio } from '../../core/ports/gpio.ts';
import type { AlarmStatus } from '../../core/procedure/alarm-link.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { type CrewState, guardedOf } from '../crew/crew.ts';
import { isMuted, isWatched, levelsOf, type Outputs, outputsOf } from '../crew/safety.ts';
import type { SafetySection } from '../crew/section.ts';
import { stelOf } from '../crew/stel.ts';
import type { Said } from '../sensor-event.ts';
import { alarmPanel, type OutputName } from './panel.ts';

export interface LocalAlarmParts {
  readonly section: AlarmSection;
  readonly safety: SafetySection;
  readonly gpio: Gpio;
  readonly clock: Clock;
  readonly crew: () => CrewState;
  /** Not waited for. */
  readonly tell: (said: Said) => void;
}

export interface LocalAlarm {
  /** Brings the outputs to what the crew's state asks for now; resolves when they are. */
  drive(): Promise<void>;
  /** Drives once a second until the signal aborts: mutes end, sensors fall silent, lines come back. */
  run(signal: AbortSignal): Promise<void>;
  outputs(): AlarmStatus['outputs'];
  close(): Promise<void>;
}

export function localAlarm({ section, safety, gpio, clock, crew, tell }: LocalAlarmParts): LocalAlarm {
  const panel = alarmPanel(section, gpio, (output, fault) => tell(outputEvent(output, fault)));
  let unwatched: readonly string[] = [];
  let wanted: Outputs = outputsOf([], clock.now(), false);
  const drive = (): Promise<void> => {
    const now = clock.now();
    const silent = unwatchedOf(crew(), safety, now);
    if (silent.join() !== unwatched.join()) {
      unwatched = silent;
      tell(watchEvent(silent, safety.silentS));
    }
    const states = safety.limits.map(({ quantity }) => guardedOf(crew(), quantity).safety);
    const well = silent.length === 0 && Object.keys(panel.faults()).length === 0;
    wanted = outputsOf(states, now, well);
    return panel.drive(wanted);
  };
  return {
    drive,
    run: async (signal) => {
      while (!signal.aborted) {
        void drive();
        await clock.sleep(1000, 'local alarm', signal);
      }
    },
    outputs: () => ({ ...wanted, seen: panel.seen(), faults: panel.faults() }),
    close: panel.close,
  };
}

/** Gases of which no value was heard lately. */
const unwatchedOf = (crew: CrewState, { limits, silentS }: SafetySection, now: Stamp): string[] =>
  limits.map(({ quantity }) => quantity).filter((one) => !isWatched(guardedOf(crew, one).safety, now, silentS));

/** What `fieldpost alarm status` shows; `outputs` is null on a board without. */
export function alarmStatus(
  crew: CrewState,
  safety: SafetySection,
  now: Stamp,
  outputs: AlarmStatus['outputs'],
): AlarmStatus {
  const silent = unwatchedOf(crew, safety, now);
  return {
    gases: safety.limits.map(({ quantity, unit, a1, a2, stel, stelShare, source }) => {
      const { safety: state, latest } = guardedOf(crew, quantity);
      const mean = stelOf(state.minutes, now, stelShare);
      return {
        quantity,
        unit,
        limits: { a1: a1 ?? null, a2: a2 ?? null, stel: stel ?? null, source },
        value: latest?.value ?? null,
        lod: latest?.lod ?? null,
        flags: [...(latest?.flags ?? [])],
        stel: { mean: mean.mean, share: mean.share },
        latched: levelsOf(state).map((level) => ({ level, sinceMs: state.latched[level]?.wallMs ?? 0 })),
        over: [...state.over],
        mutedS: isMuted(state, now) ? Math.ceil(((state.mute?.untilNs ?? 0) - now.monoNs) / 1e9) : null,
        watched: !silent.includes(quantity),
      };
    }),
    outputs,
  };
}

function outputEvent(output: OutputName, fault: string | null): Said {
  if (fault === null)
    return {
      type: 'alarm-output-working',
      severity: 'info',
      message: `the ${output} of the alarm does what it is told again`,
      detail: { output },
    };
  return {
    type: 'alarm-output-failing',
    severity: 'error',
    message: `the ${output} of the alarm: ${fault}; see its wire and its driver stage; the relay is let fall and the beacon lit, alerts go on`,
    detail: { output, fault },
  };
}

function watchEvent(silent: readonly string[], silentS: number): Said {
  if (silent.length === 0)
    return {
      type: 'crew-watched',
      severity: 'info',
      message: 'every gas with a crew limit is measured',
      detail: { silent },
    };
  return {
    type: 'crew-not-watched',
    severity: 'error',
    message: `no value of ${silent.join(', ')} for ${silentS} s that the crew may rely on: the relay is let fall and the beacon lit; carry a personal instrument until it is back`,
    detail: { silent },
  };
}
