/** The API of proposed flights: their stories, and a person's word on them, signed here and said to the dock. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Signer } from '../core/evidence/seal.ts';
import type { Archive } from '../core/ports/archive.ts';
import type { Broker } from '../core/ports/broker.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { AlertRecord } from '../core/ports/records.ts';
import { type CommandAbout, commandMs, signCommand } from '../core/wire/command.ts';
import { topicOf } from '../core/wire/topics.ts';
import { byOf, byRight, needs } from './access/actor.ts';
import { type Refusal, refusal } from './answers.ts';
import type { Feed } from './feed.ts';
import { flightsOf } from './flights.ts';
import { tracksOf } from './tracks.ts';
import { type FlightWord, flightWord } from './words.ts';

/** What gives a command its weight, and what carries it. */
export interface Commanding {
  readonly signer: Signer;
  readonly broker: Broker;
}

export interface FlightParts {
  readonly archive: Archive;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly log: Log;
  readonly commanding?: Commanding | undefined;
}

const right =
  '{"what": "propose", "dock": "<device>", "by": "<operator id>"}, or "approve", "reject" or "withdraw" with "proposal" and "mission" as GET shows them';

/** No patrol: where a drone will fly is no part of what a unit is given. */
const reading = needs('alerts.read');

/** Wind that a post told longer ago is not the wind of now, in ms. */
const freshMs = 600_000;

/** For a console without an archive: no docks, and nothing told of any. A page asks for every alert that is opened. */
export function addNoFlights(app: FastifyInstance): void {
  app.get('/api/alerts/:id/flights', reading, async (_, reply) => {
    reply.header('cache-control', 'no-store');
    return { docks: [], commands: false, stories: [], refused: [] };
  });
}

export function addFlights(app: FastifyInstance, parts: FlightParts): void {
  const { feed, archive, clock, log, commanding } = parts;

  app.get<{ Params: { id: string } }>('/api/alerts/:id/flights', reading, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const record = feed.alert(request.params.id);
    if (!record) {
      reply.code(404);
      return refusal('there is no such alert', `GET ${request.url}`, 'the id of an alert in GET /api/state');
    }
    const docks = docksOf(feed, record);
    const told = await Promise.all(docks.map((dock) => flightsOf(archive, dock, record.alert.id)));
    const refused = told.flatMap((one) => (one.refused ? [one.refused] : []));
    return { docks, commands: commanding !== undefined, stories: told.flatMap(({ stories }) => stories), refused };
  });

  app.get<{ Params: { id: string; proposal: string } }>(
    '/api/alerts/:id/flights/:proposal/plan',
    reading,
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const record = feed.alert(request.params.id);
      const told = await Promise.all(
        (record ? docksOf(feed, record) : []).map((dock) => flightsOf(archive, dock, request.params.id)),
      );
      const story = told.flatMap(({ stories }) => stories).find(({ proposal }) => proposal === request.params.proposal);
      if (!story) {
        reply.code(404);
        return refusal('there is no such proposal', `GET ${request.url}`, 'one of the flights of the alert');
      }
      // An id of our own: letters, digits and hyphens.
      const name = story.proposal.replace(/[^A-Za-z0-9-]/g, '');
      reply.header('content-disposition', `attachment; filename="${name}.plan"`).type('application/json');
      return story.plan;
    },
  );

  app.get<{ Params: { device: string } }>(
    '/api/devices/:device/track',
    needs('devices.read'),
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return tracksOf(archive, request.params.device);
    },
  );

  app.post<{ Params: { id: string } }>('/api/alerts/:id/flights', needs('devices.command'), async (request, reply) => {
    const where = `POST ${request.url}`;
    const refuse = (code: number, what: string, should: string): Refusal => {
      reply.code(code);
      return refusal(what, where, should);
    };
    const asked = flightWord.safeParse(request.body);
    if (!asked.success) return refuse(400, `the body is no word on a flight: ${z.prettifyError(asked.error)}`, right);
    const who = byOf(request.actor, asked.data.by);
    if (who === null) return refuse(400, 'the body does not say who it is by', byRight);
    const record = feed.alert(request.params.id);
    if (!record) return refuse(404, 'there is no such alert', 'the id of an alert in GET /api/state');
    const { dock } = asked.data;
    if (!docksOf(feed, record).includes(dock))
      return refuse(404, `${dock} is no dock of the site ${record.site}`, 'one of "docks" in GET of the same address');
    if (!commanding)
      return refuse(
        409,
        'this console has no key for commands',
        'start it with --broker and --command-key; the profile of the dock names the public half (dock.secondLook.signers)',
      );
    const about = await aboutOf(asked.data, record, parts);
    if (typeof about === 'string') return refuse(409, about, 'see the flights of the alert as they are now');
    const { wallMs: atMs } = clock.now();
    const command = signCommand(commanding.signer, {
      ...{ id: randomUUID(), device: dock, by: who, atMs, untilMs: atMs + commandMs, about },
    });
    // Errs with Fault `absent` where the broker is away: nothing was said then.
    await commanding.broker.publish(topicOf(record.site, dock, 'cmd'), JSON.stringify(command));
    log.info('said to a dock', { dock, what: about.what, by: who, command: command.id, alert: record.alert.id });
    reply.code(202);
    return { command: command.id, untilMs: command.untilMs };
  });
}

const docksOf = (feed: Feed, { site }: AlertRecord): readonly string[] =>
  feed
    .devices()
    .filter((one) => one.site === site && one.birth.dock === true)
    .map(({ device }) => device);

/** What is to be said, or why not. */
async function aboutOf(
  said: FlightWord,
  record: AlertRecord,
  { archive, feed, clock }: FlightParts,
): Promise<CommandAbout | string> {
  const { alert, site, device } = record;
  if (said.what === 'propose') {
    const post = feed.devices().find((one) => one.site === site && one.device === device)?.where;
    if (!post) return `${device} has no surveyed place: a second look is for alerts of fixed posts`;
    const latest = alert.plume?.latest;
    const fresh = latest && clock.now().wallMs - latest.untilMs <= freshMs;
    return {
      what: 'propose',
      alert: alert.id,
      post: { lat: post.lat, lon: post.lon },
      fromDeg: fresh ? latest.fromDeg : null,
    };
  }
  const { what, proposal, mission } = said;
  const { stories } = await flightsOf(archive, said.dock, alert.id);
  const story = stories.find((one) => one.proposal === proposal);
  if (!story) return 'there is no such proposal for this alert';
  if (story.sha256 !== mission) return 'the mission is not the one proposed';
  if (what === 'withdraw')
    return story.state === 'uploaded' ? { what, proposal, mission } : `it is ${story.state}, and not on the drone`;
  if (story.state !== 'proposed') return `it is ${story.state} already`;
  if (clock.now().wallMs > story.untilMs) return 'its time is over';
  return { what, proposal, mission };
}
