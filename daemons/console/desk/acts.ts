/** What people do with one alert. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { holdersOf, type Right } from '../../core/access/roles.ts';
import { isFor, isHeldBack } from '../../core/desk/standing.ts';
import { unnamedAct, unnamedDesk } from '../../core/desk/unnamed.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { DeskStore, Done } from '../../core/ports/desk.ts';
import type { Log } from '../../core/ports/log.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Deed } from '../../core/values/desk.ts';
import { type Actor, allows, needs } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import type { Feed } from '../feed.ts';
import { askedIn, conflict } from './asked.ts';
import type { DrillWatch } from './drill-watch.ts';
import { type ActAnswer, type ActsAnswer, actRequest, deedRight } from './shapes.ts';

export interface DeskParts {
  readonly desk: DeskStore;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells open pages of a drill; absent: they are told later. */
  readonly drills?: DrillWatch | undefined;
  /** Whether there is a layer of dwellings. */
  readonly layered: boolean;
}

export const noAlert = (request: FastifyRequest, reply: FastifyReply) => {
  reply.code(404);
  return refusal('there is no such alert', `${request.method} ${request.url}`, 'the id of an alert in GET /api/state');
};

const ofPatrols: readonly Deed['what'][] = ['received', 'seen', 'on-scene', 'report'];

/** What a deed needs; a patrol reports on its own alerts what it found there. */
function rightsFor({ what }: Deed): readonly Right[] {
  if (what === 'acknowledge') return ['alerts.acknowledge'];
  if (what === 'corroborate' || what === 'release' || what === 'withhold') return ['alerts.release'];
  if (ofPatrols.includes(what)) return ['alerts.report'];
  return what === 'note' || what === 'escalate' ? ['alerts.handle', 'alerts.report'] : ['alerts.handle'];
}

/** What a role may not see is not there for it: a patrol has the alerts that its unit was given or told and that are not held back. */
export const maySee = (actor: Actor, record: AlertRecord, layered: boolean): boolean =>
  allows(actor, 'alerts.read') || (actor.unit !== null && isFor(record, actor.unit) && !isHeldBack(record, layered));

const mayAtAll = (actor: Actor, deed: Deed): boolean => rightsFor(deed).some((right) => allows(actor, right));
const whoMay = (deed: Deed): string => [...new Set(rightsFor(deed).flatMap(holdersOf))].join(', ');

/** What came of a deed, for one who saw `seen` acts before. */
function answerOf({ act, record }: Done, seen: number | undefined): ActAnswer {
  const acts = (record.desk?.acts ?? 0) - (act ? 1 : 0);
  const between = Math.max(0, acts - (seen ?? acts));
  return { act, desk: record.desk ?? null, acknowledged: record.acknowledged, between };
}

/** Words that say the same however often they come. */
const settles: readonly Deed['what'][] = ['acknowledge', 'received', 'seen', 'on-scene'];

/** What is asked for, or why it is refused. */
function deedIn(request: FastifyRequest, reply: FastifyReply) {
  const all = askedIn(request, reply, actRequest, deedRight);
  if ('error' in all) return all;
  const { actor } = request;
  const { deed } = all.asked;
  if (mayAtAll(actor, deed)) return all;
  reply.code(403);
  return refusal(
    `${actor.id} is ${actor.role} and may not ${deed.what}`,
    `POST ${request.url}`,
    `a role of ${whoMay(deed)}`,
  );
}

export function addActs(app: FastifyInstance, { desk, feed, clock, log, layered }: DeskParts): void {
  const isSeen = async ({ actor, params }: FastifyRequest<{ Params: { id: string } }>): Promise<boolean> => {
    const record = await desk.record(params.id);
    return record !== null && maySee(actor, record, layered);
  };

  const reading = needs('alerts.read', 'alerts.read-own');
  app.get<{ Params: { id: string } }>('/api/alerts/:id/acts', reading, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!(await isSeen(request))) return noAlert(request, reply);
    const acts = await desk.acts(request.params.id);
    return { acts: allows(request.actor, 'alerts.read') ? acts : acts.map(unnamedAct) } satisfies ActsAnswer;
  });

  const doing = {
    ...needs('alerts.acknowledge', 'alerts.handle', 'alerts.report', 'alerts.release'),
    bodyLimit: 16_384,
  };
  app.post<{ Params: { id: string } }>('/api/alerts/:id/acts', doing, async (request, reply) => {
    const all = deedIn(request, reply);
    if ('error' in all) return all;
    if (!(await isSeen(request))) return noAlert(request, reply);
    const { by } = all;
    const { deed, seen, key, agoMs } = all.asked;
    const { role, unit } = request.actor;
    const atMs = clock.now().wallMs;
    const done = await desk.act({
      ...{ alert: request.params.id, by, role, atMs, deed, key },
      unit: role === 'patrol' && unit !== null ? unit : undefined,
      // A phone's clock is not asked: how long ago it was, it can tell whatever its clock shows.
      doneMs: agoMs === undefined ? undefined : atMs - agoMs,
    });
    if (!done) return noAlert(request, reply);
    if (done.act) log.info('deed', { alert: done.act.alert, by, what: deed.what });
    await feed.refresh();
    const whole = answerOf(done, seen);
    const answer = whole.desk && role === 'patrol' ? { ...whole, desk: unnamedDesk(whole.desk) } : whole;
    // The first acknowledgement stands, and who comes second is as well served.
    if (done.act || settles.includes(deed.what)) return answer;
    return { ...conflict(request, reply, done.why ?? '', 'a deed that fits the alert as it is'), ...answer };
  });
}
