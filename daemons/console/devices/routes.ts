/** The API of boxes: one at a time, and what is due over all of them. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { askMs } from '../../core/fleet/ask.ts';
import type { Archive } from '../../core/ports/archive.ts';
import type { Broker } from '../../core/ports/broker.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { Log } from '../../core/ports/log.ts';
import type { DeviceRecord } from '../../core/ports/records.ts';
import { topicOf } from '../../core/wire/topics.ts';
import { allows, needs } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import { audienceOf, tellsDevice } from '../audience.ts';
import { askedIn, conflict } from '../desk/asked.ts';
import type { Feed } from '../feed.ts';
import { openDue } from './due.ts';
import { type FleetFolder, toldOf } from './fleet-folder.ts';
import type { Heard } from './heard.ts';
import { logsOf, logsRequest, logsRight } from './logs.ts';
import { deviceQuery, stripQuery, stripRight } from './shapes.ts';
import { stripFrom } from './strip.ts';
import { stripCsv } from './strip-csv.ts';
import { toldDevice } from './told-device.ts';

export interface DeviceParts {
  readonly feed: Feed;
  readonly archive?: Archive | undefined;
  /** What boxes say of themselves; absent: no broker was named. */
  readonly heard?: Heard | undefined;
  /** Where questions are said. */
  readonly broker?: Broker | undefined;
  /** Absent: no folder of a fleet was named. */
  readonly fleet?: FleetFolder | undefined;
  readonly layered?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

type Named = { Params: { device: string } };

export function addDevices(app: FastifyInstance, parts: DeviceParts): void {
  const { feed, archive, heard, fleet } = parts;
  const reading = needs('devices.read');
  const noLogs = whyNoLogs(parts);

  app.get<Named>('/api/devices/:device', reading, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const where = `GET ${request.url}`;
    const query = deviceQuery.safeParse(request.query);
    if (!query.success) {
      reply.code(400);
      return refusal(`this asks for no box: ${z.prettifyError(query.error)}`, where, '?site=<its site>');
    }
    const { device } = request.params;
    const audience = audienceOf(request.actor, parts.layered ?? false);
    const isOf = (one: { readonly site: string; readonly device: string }): boolean =>
      one.device === device && (query.data.site === undefined || one.site === query.data.site);
    const record = feed.devices().find((one) => isOf(one) && tellsDevice(audience, one)) ?? null;
    // A box that was taken out of the store and left alerts behind: whoever is told of them is told that.
    const left = record ?? (allows(request.actor, 'alerts.read') ? feed.alerts().find(isOf) : undefined);
    if (!left || !tellsDevice(audience, left)) {
      reply.code(404);
      return refusal('there is no such device', where, 'a device of GET /api/state, and its site');
    }
    const rollouts = fleet?.rollouts() ?? [];
    return toldDevice({ site: left.site, device }, { record, heard, rollouts, archive, noLogs });
  });

  app.get<Named>('/api/devices/:device/strip', reading, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { data, error } = stripQuery.safeParse(request.query);
    if (!data) {
      reply.code(400);
      return refusal(`this asks for no strip: ${z.prettifyError(error)}`, `GET ${request.url}`, stripRight);
    }
    const { channel, from: fromMs, to: toMs, points, format } = data;
    const { device } = request.params;
    const [sensor = '', ...rest] = channel.split('/');
    const range = { fromMs, toMs, points };
    const strip = await stripFrom(archive ?? empty, { device, sensor, quantity: rest.join('/') }, range);
    if (format === 'json') return strip;
    // A name of our own: what a box is called is letters, digits and hyphens, and what is not becomes one.
    const name = `${device}-${channel}`.replace(/[^A-Za-z0-9-]+/g, '-');
    reply.header('content-disposition', `attachment; filename="${name}.csv"`).type('text/csv; charset=utf-8');
    return stripCsv(device, channel, strip);
  });

  addLogs(app, parts, noLogs);

  const due = archive && openDue(archive, feed.devices, () => parts.clock.now().wallMs);
  app.addHook('onClose', async () => due?.close());
  app.get('/api/calibrations/due', reading, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const audience = audienceOf(request.actor, parts.layered ?? false);
    return due?.read((one: DeviceRecord) => tellsDevice(audience, one)) ?? { ...nothingDue };
  });

  app.get('/api/rollouts', reading, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const audience = audienceOf(request.actor, parts.layered ?? false);
    const all = (fleet?.rollouts() ?? []).map(toldOf).filter((one) => tellsDevice(audience, one));
    return { kept: fleet !== undefined, rollouts: all };
  });
}

const nothingDue = { rows: [], looked: 0, of: 0, atMs: null, trouble: null };
const empty = { spools: async () => [] } as unknown as Archive;

function whyNoLogs({ archive, broker, fleet }: DeviceParts): string | null {
  if (!broker) return 'this console has no broker: start it with --broker';
  if (!fleet?.sign) return 'this console has no key that boxes believe: start it with --fleet and --fleet-key';
  return archive ? null : 'this console keeps nothing that an answer could stand in';
}

function addLogs(app: FastifyInstance, parts: DeviceParts, noLogs: string | null): void {
  const { feed, archive, broker, fleet, clock, log } = parts;
  const commanding = needs('devices.command');

  app.get<Named>('/api/devices/:device/logs', commanding, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return archive ? logsOf(archive, request.params.device) : { answers: [], refused: [] };
  });

  app.post<Named>('/api/devices/:device/logs', commanding, async (request, reply) => {
    const asked = askedIn(request, reply, logsRequest, logsRight);
    if ('error' in asked) return asked;
    const { device } = request.params;
    const found = feed.devices().find((one) => one.device === device);
    if (!found) {
      reply.code(404);
      return refusal('there is no such device', `POST ${request.url}`, 'a device of GET /api/state');
    }
    if (noLogs !== null || !broker || !fleet?.sign) return conflict(request, reply, noLogs ?? '', 'see --help');
    const { daemon, sinceS, mostKb } = asked.asked;
    const id = randomUUID();
    const untilMs = clock.now().wallMs + askMs;
    let text: string;
    try {
      text = fleet.sign({
        ...{ v: 1, ask: 'logs', site: found.site, device, id, by: asked.by, untilMs, daemon, sinceS, mostKb },
      });
    } catch (error) {
      if (!isFault(error) || error.kind !== 'config') throw error;
      return conflict(request, reply, error.message, 'a box of the site that the folder of the fleet is of');
    }
    // What cannot be written down is not asked.
    await request.record('act', [], `logs of ${found.site}/${device}: ${daemon}, the last ${sinceS} s`);
    await broker.publish(topicOf(found.site, device, 'cmd'), text);
    log.info('asked a box for its logs', { device, daemon, by: asked.by, id });
    reply.code(202);
    return { id, untilMs, online: found.status === 'online' };
  });
}
