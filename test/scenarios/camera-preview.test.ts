/** The preview's socket of the real camera daemon, over a folder of stills. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { askLine } from '../../daemons/core/adapters/lines.unix.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import {
  longestPreviewReply,
  type PreviewReply,
  type PreviewRequest,
  type PreviewSeen,
  previewReply,
} from '../../daemons/core/procedure/preview-link.ts';
import { type CameraBox, cameraBox, pictures, small } from '../support/camera-box.ts';
import { lastingStills } from '../support/lasting-stills.ts';

const askOf =
  ({ state }: CameraBox) =>
  async (asked: PreviewRequest): Promise<PreviewReply> =>
    previewReply.parse(
      JSON.parse(await askLine(path.join(state, 'camera.sock'), JSON.stringify(asked), longestPreviewReply)),
    );

/** Asks again until the daemon is up, and the camera has given a picture. */
async function seenBy(
  t: ExecutionContext,
  box: CameraBox,
  by: string,
): Promise<{ seen: PreviewSeen; opening: string }> {
  const ask = askOf(box);
  const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
  for (let opening = ''; ; await patience()) {
    try {
      if (opening === '') {
        const reply = await ask({ ask: 'open', by });
        if (reply.say === 'opened') ({ opening } = reply);
      }
      const reply = await ask({ ask: 'next', opening });
      if (reply.say === 'picture') return { seen: reply, opening };
      t.like(reply, { say: 'none', why: 'no-frame' });
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }
}

test.serial(
  'a technician sees what the camera sees and what holds it back; the chain says who, and nothing is kept',
  async (t) => {
    t.timeout(120_000);
    const box = await cameraBox(t, { isTold: false });
    const daemon = box.start(lastingStills());
    const { seen, opening } = await seenBy(t, box, 'p7');
    const ask = askOf(box);
    t.like(seen, { source: 'down', simulated: true, width: small.width, height: small.height, gsdCm: null });
    t.deepEqual(
      seen.gates.map(({ code }) => code),
      ['no-position'],
    );
    const jpeg = Buffer.from(seen.jpeg, 'base64');
    t.is(pictures.decode(jpeg, 'preview').width, small.width);
    const later = await ask({ ask: 'next', opening });
    t.true(later.say === 'picture' && later.seq >= seen.seq && later.ageMs >= 0, later.say);
    t.is((await ask({ ask: 'close', opening })).say, 'over');
    t.is((await ask({ ask: 'next', opening })).say, 'over');
    const ended = await daemon.end();
    t.is(ended.code, 0, ended.err);
    t.false(existsSync(path.join(box.state, 'camera.sock')));
    const { events, alerts } = await box.kept();
    t.deepEqual(
      events.filter(({ type }) => type.startsWith('preview')).map(({ type, detail }) => [type, detail.by]),
      [['preview-opened', 'p7']],
    );
    t.false(JSON.stringify({ events, alerts }).includes('"jpeg"'));
    // Whatever file the daemon left: the picture is in none.
    const files = readdirSync(box.state, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(path.join(parentPath, name));
      t.false(bytes.includes(jpeg) || bytes.includes(seen.jpeg.slice(0, 200)), name);
    }
  },
);
