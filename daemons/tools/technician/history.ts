/** `fieldpost history`: the life of a channel's part, from the gas daemon that runs there. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connectControl } from '../../core/adapters/control.unix.ts';
import { historyOf } from '../../core/calibration/history.ts';
import { readRecord } from '../../core/calibration/record-shape.ts';
import { Fault } from '../../core/ports/fault.ts';
import { historyLines, historyPage } from '../../core/procedure/history.ts';
import { type Reply, target as targetName } from '../../core/procedure/link.ts';
import { type Language, sayIn } from '../../core/procedure/words.ts';

export interface HistoryOptions {
  readonly state: string;
  readonly channel: string;
  readonly language: Language;
  readonly columns: number;
  /** File for the same as a page; undefined: none. */
  readonly out?: string | undefined;
}

type Told<S extends Reply['say']> = Extract<Reply, { say: S }>;

/** The lines to print. Errors: Fault `absent` when no gas daemon serves in the state folder, `refused` by its words. */
export async function historyAsText({
  state,
  channel,
  language,
  columns,
  out,
}: HistoryOptions): Promise<readonly string[]> {
  if (!targetName.safeParse(channel).success)
    throw new Fault('refused', `--channel ${channel}: must be sensor/quantity, for example nh3/ammonia`);
  const say = sayIn(language);
  const got = Promise.withResolvers<readonly [Told<'box'>, Told<'records'>]>();
  let box: Told<'box'> | null = null;
  const control = await connectControl(path.join(state, 'control.sock'), {
    onReply: (said) => {
      if (said.say === 'box') box = said;
      if (said.say === 'records' && box) got.resolve([box, said]);
      if (said.say === 'refused') got.reject(new Fault('refused', said.message));
    },
    onClose: () => got.reject(new Fault('absent', say('link.lost'))),
  });
  try {
    control.ask({ ask: 'records', target: channel });
    const [{ device, simulated }, { records, exposed }] = await got.promise;
    const histories = historyOf(
      records.flatMap((one) => readRecord(one).record ?? []),
      exposed ?? [],
    );
    if (out) await writeFile(out, historyPage(histories, say, { device, simulated, language }));
    return [...historyLines(histories, say, columns), ...(out ? [out] : [])];
  } finally {
    control.close();
  }
}
