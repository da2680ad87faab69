/** A technician at the control link of a gas daemon, without a screen. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { connectLines } from '../../daemons/core/adapters/lines.unix.ts';
import { longestReply, type Reply, type Request, reply, type View } from '../../daemons/core/procedure/link.ts';
import type { GasBox } from './gas-box.ts';

/** A box whose analyzers answer within a second, so that a procedure is over in a minute. */
export const quick = {
  instruments: { 'modbus-tcp': { tauS: 0.2 }, 'modbus-pty': { tauS: 0.2 } },
  profile: (value: Record<string, unknown>): Record<string, unknown> => ({
    ...value,
    gas: {
      ...(value.gas as object),
      samplePeriodMs: 100,
      procedures: { graceS: 2, silentS: 60, measureT90s: 40 },
    },
  }),
  board: (value: Record<string, unknown>): Record<string, unknown> => ({
    ...value,
    sensors: (value.sensors as { id: string }[]).map((one) =>
      one.id === 'nh3' || one.id === 'pid' ? { ...one, t90: { sensorS: 0.8 } } : one,
    ),
  }),
};

export interface Technician {
  ask(request: Request): void;
  /** Resolves with the first view, from now on, that is so; the newest counts too. Errors: when the link was closed. */
  until(isSo: (view: View) => boolean): Promise<View>;
  /** The next reply of a kind. */
  next<S extends Reply['say']>(say: S): Promise<Extract<Reply, { say: S }>>;
  readonly view: View | null;
  hangUp(): void;
}

/** Connects as soon as the daemon serves. */
export async function technician(t: ExecutionContext, box: Pick<GasBox, 'state'>): Promise<Technician> {
  const file = path.join(box.state, 'control.sock');
  const looks = new Set<(one: Reply | null) => void>();
  let view: View | null = null;
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 50));
  const link = await connectLines(file, longestReply, () => ({
    onLine: (line) => {
      const said = reply.parse(JSON.parse(line));
      if (said.say === 'view') ({ view } = said);
      for (const look of looks) look(said);
    },
    onClose: () => {
      for (const look of looks) look(null);
    },
  }));
  const alive = setInterval(() => link.send('{"ask":"alive"}'), 4000);
  t.teardown(() => {
    clearInterval(alive);
    link.close();
  });
  const heard = <T>(find: (one: Reply) => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (one: Reply | null): void => {
        let found: T | undefined;
        try {
          found = one === null ? undefined : find(one);
        } catch (error) {
          looks.delete(look);
          reject(error);
          return;
        }
        if (one !== null && found === undefined) return;
        looks.delete(look);
        if (found === undefined) reject(new Error(`the link was closed; the last view: ${JSON.stringify(view)}`));
        else resolve(found);
      };
      looks.add(look);
    });
  return {
    ask: (request) => link.send(JSON.stringify(request)),
    until: (isSo) =>
      view && isSo(view)
        ? Promise.resolve(view)
        : heard((one) => (one.say === 'view' && isSo(one.view) ? one.view : undefined)),
    next: <S extends Reply['say']>(say: S) =>
      heard((one) => (one.say === say ? (one as Extract<Reply, { say: S }>) : undefined)),
    get view() {
      return view;
    },
    hangUp: () => {
      clearInterval(alive);
      link.close();
    },
  };
}

/** Whether the procedure waits at this stage for the technician's word. Errors: it ended before it came there. */
export const asks =
  (stage: string) =>
  ({ running }: View): boolean => {
    if (running?.ending) throw new Error(`it ended before ${stage}: ${JSON.stringify(running)}`);
    return running !== null && running.phase === 'ask' && running.stages[running.at] === stage;
  };
