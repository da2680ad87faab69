/** Exercises: started and ended by people, ended by the clock, and by the first real alert of danger. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { centre } from '../../core/desk/clockwork.ts';
import { type Drill, drillAlert, drillIn, drillMs, drillSite, type Scene } from '../../core/desk/drill.ts';
import type { DeskStore, Wish } from '../../core/ports/desk.ts';
import { needs } from '../access/actor.ts';
import type { DeskParts } from './acts.ts';
import { askedIn, conflict } from './asked.ts';
import { type DrillAnswer, drillRequest, drillRight } from './shapes.ts';
import { change } from './shared.ts';

interface Ending {
  readonly desk: DeskStore;
  readonly nowMs: () => number;
}
type Played = { readonly [K in keyof Scene]?: Scene[K] | undefined };
const pageSize = 200;

/** Ends the exercise that runs, if its time is over or `why` says so; its alerts are resolved as of a drill. */
export async function endDrill({ desk, nowMs }: Ending, why: string | null): Promise<void> {
  const running = drillIn((await desk.read('drill')).value);
  if (!running || (why === null && nowMs() < running.endsMs)) return;
  const text = `the drill ended: ${why ?? 'its time is over'}`;
  const of = { drill: 'only', fromMs: running.startedMs } as const;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<DeskStore['search']>> = await desk.search(of, { after, limit: pageSize });
    const open = page.alerts.filter((one) => !one.desk?.resolved);
    const wishes = open.map(({ alert }): Wish => {
      return {
        alert: alert.id,
        by: centre,
        role: 'centre',
        atMs: nowMs(),
        deed: { what: 'resolve', outcome: 'drill', text },
      };
    });
    if (wishes.length > 0) await desk.actAll(wishes);
    after = page.next;
  } while (after !== null);
  // Last, so that a console that stops in between, or another one, finishes it.
  await change(desk, 'drill', (value) => (drillIn(value)?.id === running.id ? { ended: running.id } : 'another runs'));
}

export function addDrills(app: FastifyInstance, { desk, feed, clock, log, drills }: DeskParts): void {
  const nowMs = (): number => clock.now().wallMs;
  const running = async (): Promise<Drill | null> => drillIn((await desk.read('drill')).value);
  /** Why it cannot start now, or null where it did. */
  const start = async (text: string, by: string): Promise<string | null> => {
    const danger = dangerIn(feed);
    // People would take one for the other.
    if (danger) return `the real alert ${danger} is critical and nobody acknowledged it yet`;
    const [id, startedMs] = [`drill-${randomBytes(4).toString('hex')}`, nowMs()];
    const answer = await change(desk, 'drill', (value) =>
      drillIn(value) ? 'a drill runs already' : { id, text, by, startedMs, endsMs: startedMs + drillMs },
    );
    return answer.why;
  };
  const raise = async (drill: Drill, { kind = 'exercise', severity = 'warning', where = null }: Played) => {
    const of = { drill: 'only', fromMs: drill.startedMs } as const;
    const { total } = await desk.search(of, { after: null, limit: 1 });
    const alert = drillAlert(drill, { kind, severity, where }, total + 1, clock.now());
    const deed = { what: 'drill', text: drill.text } as const;
    await desk.raise(alert, drillSite, drillSite, { by: centre, role: 'centre', atMs: nowMs(), deed });
  };

  app.get('/api/drill', needs('alerts.read', 'alerts.read-own', 'devices.read'), async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { drill: await running() };
  });

  app.post('/api/drill', needs('drill.run'), async (request, reply) => {
    const all = askedIn(request, reply, drillRequest, drillRight);
    if ('error' in all) return all;
    const { asked, by } = all;
    const why = asked.what === 'start' ? await start(asked.text, by) : null;
    if (why) return conflict(request, reply, why, 'acknowledge what is real, end what runs');
    const drill = await running();
    if (!drill) return conflict(request, reply, 'no drill runs', drillRight);
    // The frame is around every page before the first alert of it is there.
    await drills?.look();
    if (asked.what === 'end') await endDrill({ desk, nowMs }, `by ${by}`);
    else await raise(drill, asked);
    log.info('drill', { drill: drill.id, by, what: asked.what });
    await feed.refresh();
    await drills?.look();
    return { drill: await running() } satisfies DrillAnswer;
  });
}

/** A real alert that somebody must see before people play at alerts. */
function dangerIn(feed: DeskParts['feed']): string | null {
  const one = feed
    .alerts()
    .find(
      ({ alert, acknowledged, desk }) =>
        !desk?.drill &&
        !acknowledged &&
        !desk?.resolved &&
        alert.condition !== 'cleared' &&
        alert.severity === 'critical',
    );
  return one?.alert.id ?? null;
}
