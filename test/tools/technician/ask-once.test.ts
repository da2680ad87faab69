/** One question to a gas daemon that has something to say before it is asked: a control link that says so, on a real socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { serveLines } from '../../../daemons/core/adapters/lines.unix.ts';
import { longestReply } from '../../../daemons/core/procedure/link.ts';
import { askOnce } from '../../../daemons/tools/technician/ask-once.ts';

const missing = 'gases.yaml: cannot be read (ENOENT); it must exist';
const passages = {
  ...{ say: 'passages', told: null, falsePerThousand: null, entries: [] },
  ...{ measured: 0, notMeasured: 0, indications: 0, falseAlarms: 0, missed: 0 },
};

async function daemon(t: ExecutionContext, answer: object): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-ask-'));
  const limits = { longest: longestReply, mostClients: 2 };
  const served = await serveLines(path.join(folder, 'control.sock'), limits, ({ send }) => {
    send(JSON.stringify({ say: 'refused', message: missing, unasked: true }));
    return { onLine: () => send(JSON.stringify(answer)), onClose: () => {} };
  });
  t.teardown(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('what is missing for procedures holds up no answer of the alarm or of passages', async (t) => {
  const state = await daemon(t, passages);
  t.is((await askOnce(state, { ask: 'passages' }, 'passages')).measured, 0);
});

test('a refusal of what was asked is one', async (t) => {
  const state = await daemon(t, { say: 'refused', message: 'no such passage' });
  await t.throwsAsync(askOnce(state, { ask: 'passages' }, 'passages'), { message: 'no such passage' });
});
