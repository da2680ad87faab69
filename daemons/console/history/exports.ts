/** Exports: one alert at once, more when a second person has approved; each may be fetched for an hour, and leaves no file here. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import { byOf, needs, tells } from '../access/actor.ts';
import { refusal } from '../answers.ts';
import { askedIn, conflict } from '../desk/asked.ts';
import { approval, type ExportEntry, exportRequest, exportRight, fileQuery, search, searchOf } from '../desk/shapes.ts';
import { change } from '../desk/shared.ts';
import { type FileParts, fileOf, formats, mostOf, typeOf, type What } from './files.ts';
import { reportLanguages } from './report-languages.ts';

const lastsMs = 3_600_000;
/** What waits for a second person longer is forgotten. */
const waitsMs = 86_400_000;
const mostEntries = 100;
/** Of one alert at once, by one person, while they last: alert by alert is a bulk export too. */
const mostAlone = 10;

const entry = z.object({
  ...{
    id: z.string(),
    format: z.enum(formats),
    by: z.string(),
    atMs: z.number(),
    untilMs: z.number(),
    count: z.number(),
  },
  ...{ approvedBy: z.string().nullable(), state: z.enum(['waiting', 'ready']) },
  search: search.optional(),
  ids: z.array(z.string()).optional(),
});
type Entry = z.infer<typeof entry>;
const entriesIn = (value: unknown, nowMs: number): readonly Entry[] =>
  (z.array(entry).safeParse(value).data ?? []).filter(({ untilMs }) => untilMs > nowMs);

const told = ({ id, format, by, atMs, untilMs, count, approvedBy, state }: Entry): ExportEntry => ({
  ...{ id, format, by, atMs, untilMs, count, approvedBy, state },
});
/** Of a search what was there when it was asked for: alerts that came later were approved by nobody. */
const whatOf = ({ ids, search: asked, atMs }: Entry): What => {
  if (ids) return { ids };
  const of = searchOf(asked ?? { drill: 'none' });
  return { search: { ...of, toMs: Math.min(of.toMs ?? atMs, atMs) } };
};

export function addExports(app: FastifyInstance, parts: FileParts & { readonly clock: Clock }): void {
  const { desk, clock } = parts;
  const nowMs = (): number => clock.now().wallMs;

  app.get('/api/exports', needs('export.ask', 'export.approve'), async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return {
      exports: entriesIn((await desk.read('exports')).value, nowMs())
        .toReversed()
        .map(told),
    };
  });

  app.post('/api/exports', tells('itself', 'export.ask'), async (request, reply) => {
    const all = askedIn(request, reply, exportRequest, exportRight);
    if ('error' in all) return all;
    const { format, search: of, ids } = all.asked;
    const atMs = nowMs();
    const waiting: Entry = {
      ...{ id: randomBytes(6).toString('hex'), format, by: all.by, atMs, untilMs: atMs + waitsMs, count: 0 },
      ...{ approvedBy: null, state: 'waiting', ...(of && { search: of }), ...(ids && { ids: [...new Set(ids)] }) },
    };
    const what = whatOf(waiting);
    const count = 'ids' in what ? what.ids.length : (await desk.search(what.search, { after: null, limit: 1 })).total;
    if (count === 0) return conflict(request, reply, 'nothing is found by it', exportRight);
    if (count > mostOf[format])
      return conflict(
        request,
        reply,
        `${count} alerts are more than the ${mostOf[format]} of one ${format}`,
        'a narrower search',
      );
    const ready = { ...waiting, count, state: 'ready', untilMs: atMs + lastsMs } as const;
    let made: Entry = { ...waiting, count };
    const answer = await change(desk, 'exports', (value) => {
      const entries = entriesIn(value, atMs);
      const alone = entries.filter((one) => one.by === all.by && one.approvedBy === null && one.state === 'ready');
      made = count === 1 && alone.length < mostAlone ? ready : { ...waiting, count };
      return entries.length < mostEntries ? [...entries, made] : `${mostEntries} exports are open already`;
    });
    if (answer.why !== null) return conflict(request, reply, answer.why, 'wait until some are over');
    await request.record(
      'export',
      ids?.slice(0, 200) ?? [],
      `asked: ${made.id} ${format} ${count} ${JSON.stringify(of ?? {})}`,
    );
    return { export: told(made) };
  });

  app.post<{ Params: { export: string } }>(
    '/api/exports/:export/approve',
    tells('itself', 'export.approve'),
    async (request, reply) => {
      const all = askedIn(request, reply, approval, '{}');
      if ('error' in all) return all;
      const { by } = all;
      const id = request.params.export;
      const answer = await change(desk, 'exports', (value) => {
        const entries = entriesIn(value, nowMs());
        const one = entries.find((each) => each.id === id);
        if (!one) return 'there is no such export';
        if (one.by === by) return 'it takes a second person: whoever asked for it does not approve it';
        if (one.state === 'ready') return `${one.approvedBy ?? 'nobody'} approved it already`;
        const approved: Entry = { ...one, state: 'ready', approvedBy: by, untilMs: nowMs() + lastsMs };
        return entries.map((each) => (each === one ? approved : each));
      });
      if (answer.why !== null)
        return conflict(request, reply, answer.why, 'an export of GET /api/exports that waits, of another person');
      await request.record('approve', [], `export ${id}`);
      return { approved: id };
    },
  );

  const telling = tells('itself', 'export.ask', 'export.approve');
  app.get<{ Params: { export: string } }>('/api/exports/:export/file', telling, async (request, reply) => {
    const one = entriesIn((await desk.read('exports')).value, nowMs()).find(({ id }) => id === request.params.export);
    const by = byOf(request.actor, undefined);
    const of = fileQuery.safeParse(request.query);
    if (!of.success) {
      reply.code(400);
      return refusal('this is no language of a report', `GET ${request.url}`, `?language=${reportLanguages.join('|')}`);
    }
    // Without a login nobody is told apart.
    if (one?.state !== 'ready' || (by !== null && by !== one.by && by !== one.approvedBy)) {
      reply.code(404);
      return refusal(
        'there is no such export that you may fetch',
        `GET ${request.url}`,
        'one of GET /api/exports that is ready, of your own',
      );
    }
    await request.record('export', one.ids?.slice(0, 200) ?? [], `fetched: ${one.id} ${one.format} ${one.count}`);
    reply.header('cache-control', 'no-store').type(typeOf[one.format]);
    reply.header(
      'content-disposition',
      `attachment; filename="alerts-${one.id}.${one.format === 'cap' ? 'xml' : one.format}"`,
    );
    return reply.send(Readable.from(fileOf(one.format, whatOf(one), { ...parts, ...of.data }), { objectMode: false }));
  });
}
