/** Whether what the centre keeps of an alert is what the box signed: told link by link, in bounded time. */
import type { FastifyInstance } from 'fastify';
import { verifyBundle } from '../../core/evidence/verify.ts';
import type { Archive } from '../../core/ports/archive.ts';
import { isFault } from '../../core/ports/fault.ts';
import { needs } from '../access/actor.ts';
import type { VerificationAnswer } from '../desk/shapes.ts';

/** Everything that answers for an alert, as `fieldpost why` makes it. Errors: Fault `absent` where nothing is kept. */
export type Bundles = (archive: Archive, alert: string) => Promise<string>;

/** What is wrong is told, so much of it. */
const mostProblems = 20;
/** A bundle that takes longer is for `fieldpost why`, in ms. */
const longestMs = 8000;
/** Of text: what is held against itself stops all else here. */
const mostBytes = 16_000_000;

const nothing = (why: string): VerificationAnswer => ({ verdict: 'nothing', lines: [{ ok: null, text: why }] });

export async function verificationOf(archive: Archive, bundles: Bundles, id: string): Promise<VerificationAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, longestMs, null);
  });
  try {
    const text = await Promise.race([bundles(archive, id), late]);
    if (text === null || text.length > mostBytes)
      return nothing(`it is too much to look at here; fieldpost why ${id} and fieldpost verify do`);
    const device = (await archive.revisions(id))[0]?.device;
    return answerOf(text, device === undefined ? [] : await archive.heads(device));
  } catch (error) {
    if (!isFault(error) || error.kind !== 'absent') throw error;
    return nothing(error.message);
  } finally {
    clearTimeout(timer);
  }
}

function answerOf(text: string, heads: readonly string[]): VerificationAnswer {
  const { ok, problems, notes, bundle } = verifyBundle(text, { heads });
  const header = bundle.header?.value;
  const broken = problems.slice(0, mostProblems).map(({ what, spool, stream, seq }) => {
    const link = seq === null ? '' : `${spool} ${stream} ${seq}: `;
    return { ok: false, text: `${link}${what}` };
  });
  const more = problems.length - broken.length;
  const runs = (header?.runs ?? []).map(({ spool, stream, from, to }) => ({
    ok: ok ? true : null,
    text: `${spool} ${stream} ${from} to ${to}: ${ok ? 'each link follows from the one before' : 'looked at'}`,
  }));
  const open = [...notes, ...(header?.missing ?? [])].map((one) => ({ ok: null, text: one }));
  const rest = more > 0 ? [{ ok: false, text: `and ${more} more` }] : [];
  const verdict = !ok ? 'broken' : open.length > 0 ? 'partly' : 'whole';
  return { verdict, lines: [...broken, ...rest, ...runs, ...open] };
}

export function addVerification(app: FastifyInstance, archive: Archive, bundles: Bundles | undefined): void {
  app.get<{ Params: { id: string } }>(
    '/api/alerts/:id/verification',
    needs('alerts.read'),
    async (request, reply): Promise<VerificationAnswer> => {
      reply.header('cache-control', 'no-store');
      if (!bundles) return nothing('this console cannot collect what answers for an alert');
      return verificationOf(archive, bundles, request.params.id);
    },
  );
}
