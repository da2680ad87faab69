/** The crew's alarm of one post as the daemon runs it: outputs where the board has them, and who comes to it by the control link. */
import type { Box } from '../../core/config/box.ts';
import type { Running } from '../../core/daemon/running.ts';
import type { Gpio } from '../../core/ports/gpio.ts';
import type { Item } from '../../core/ports/spool.ts';
import type { GasSection } from '../config.ts';
import type { CrewCommand, CrewState } from '../crew/crew.ts';
import { checkSafety } from '../crew/section.ts';
import { orAtFault } from '../gpio-at-fault.ts';
import type { SayEvent } from '../say-event.ts';
import type { AlarmDesk } from './desk.ts';
import { alarmStatus, localAlarm } from './local-alarm.ts';

export interface PostAlarmParts {
  readonly box: Box;
  readonly section: Pick<GasSection, 'safety'>;
  /** The lines of the box; asked for where the board has an alarm. */
  readonly gpio: () => Gpio;
  readonly crew: () => CrewState;
  readonly say: SayEvent;
  /** Gives the command to the line and keeps what comes of it; the first event says it. */
  readonly obey: (command: CrewCommand) => readonly Item[];
}

export interface PostAlarm {
  readonly desk: AlarmDesk;
  /** To be called when the crew's state may have changed; waits for nothing. */
  drive(): void;
  close(): Promise<void>;
}

/** Errors: Fault `config` when board and profile do not fit each other. */
export function postAlarm({ box, section, gpio, crew, say, obey }: PostAlarmParts, ctx: Running): PostAlarm {
  const { safety } = section;
  const { board, files } = box;
  checkSafety(safety, board, files);
  const lines = board.alarm ? orAtFault(gpio) : null;
  const local =
    board.alarm && lines
      ? localAlarm({
          section: board.alarm,
          safety,
          gpio: lines,
          clock: ctx.clock,
          crew,
          tell: (said) => void say(said),
        })
      : null;
  const running = local?.run(ctx.signal);
  return {
    drive: () => void local?.drive(),
    desk: {
      now: () => ctx.clock.now(),
      status: () => alarmStatus(crew(), safety, ctx.clock.now(), local?.outputs() ?? null),
      command: (command) => {
        const [told] = obey(command);
        void local?.drive();
        return told?.stream === 'event' ? told.body.message : '';
      },
    },
    close: async () => {
      await running;
      await local?.close();
      await lines?.close();
    },
  };
}
