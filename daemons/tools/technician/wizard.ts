/** `fieldpost calibrate`, `check-gas` and `bump`: the wizard over the gas daemon's control link. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { type Control, connectControl } from '../../core/adapters/control.unix.ts';
import { readRecord } from '../../core/calibration/record-shape.ts';
import { fitText } from '../../core/plots/fit-plot.ts';
import { residualText } from '../../core/plots/residual-text.ts';
import type { CalibrationRecord } from '../../core/ports/calibrations.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Reply, View } from '../../core/procedure/link.ts';
import type { Known } from '../../core/procedure/plan.ts';
import { sheetOf } from '../../core/procedure/sheet.ts';
import { type Language, sayIn } from '../../core/procedure/words.ts';
import type { Adjustment } from '../../core/values/calibration.ts';
import { jsonFace, terminalFace } from './face.ts';
import type { Key } from './keyboard.ts';
import { freshWizard, type WizardInput, type WizardOutput, wizardStep } from './steps.ts';

export interface WizardOptions {
  /** The box's state folder: the control link's socket is in it. */
  readonly state: string;
  readonly known: Known;
  readonly language: Language;
  /** Folder for the record to print. */
  readonly out: string;
  readonly json: boolean;
}

/**
 * Runs one procedure to its end. Exit code: 0 adjusted or passed, 1 failed or aborted, 2 it could not begin or the box is
 * gone. Errors: Fault `absent` when no gas daemon serves in the state folder, `refused` where there is nobody to ask.
 */
export async function wizard(options: WizardOptions): Promise<number> {
  if (!options.json && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new Fault('refused', 'this needs a terminal: it asks and shows; for a program there is --json');
  const say = sayIn(options.language);
  const ended = Promise.withResolvers<{ readonly code: number; readonly words: readonly string[] }>();
  const waiting: Reply[] = [];
  let control: Control | null = null;
  let finishing: View | null = null;
  let state = freshWizard(options.known);
  const step = wizardStep({ say, nowMs: Date.now, alone: options.json });

  const onOutput = (output: WizardOutput): void => {
    if (output.type === 'ask') control?.ask(output.request);
    else if (output.type === 'leave') ended.resolve({ code: output.code, words: output.why ? [output.why] : [] });
    else {
      finishing = output.view;
      control?.ask({ ask: 'records', target: output.view.target });
    }
  };
  const give = (input: WizardInput): void => {
    const [next, ...outputs] = step(state, input);
    state = next;
    face.show(state);
    outputs.forEach(onOutput);
  };
  const onReply = (said: Reply): void => {
    if (!control) waiting.push(said);
    else if (said.say !== 'records') give({ type: 'said', said });
    else if (finishing) print(said.records, finishing).then(ended.resolve, ended.reject);
  };

  async function print(records: readonly unknown[], { running }: View) {
    const code = running?.ending?.result === 'adjusted' || running?.ending?.result === 'passed' ? 0 : 1;
    const history = records.flatMap((one) => readRecord(one).record ?? []);
    const record = history.find(({ id }) => id === running?.record);
    if (!record || !state.box) return { code, words: [] };
    const file = await writeSheet(record, history, state.box);
    if (options.json) return { code, words: [JSON.stringify({ page: file, record: record.id })] };
    return { code, words: [...pointsAsText(record), `${say('key.print')}: ${file}`] };
  }

  async function writeSheet(
    record: CalibrationRecord,
    history: readonly CalibrationRecord[],
    { device, simulated }: Extract<Reply, { say: 'box' }>,
  ): Promise<string> {
    const file = path.join(options.out, `${record.id}.html`);
    await mkdir(options.out, { recursive: true });
    await writeFile(file, sheetOf(record, say, { device, simulated, history, language: options.language }));
    return file;
  }

  const onKey = (key: Key): void => give({ type: 'key', key });
  // Connected before the terminal is taken: a box that does not answer is told in plain words.
  const made = await connectControl(path.join(options.state, 'control.sock'), {
    onReply,
    onClose: () => ended.resolve({ code: 2, words: [say('link.lost')] }),
  });
  const face = options.json ? jsonFace(onKey) : terminalFace(say, onKey);
  control = made;
  for (const said of waiting.splice(0)) onReply(said);
  try {
    const { code, words } = await ended.promise;
    face.close();
    for (const line of words) process.stdout.write(`${line}\n`);
    return code;
  } finally {
    face.close();
    control.close();
  }
}

/** With what stands below it no higher than a terminal of 24 lines. */
const chart = { columns: 76, rows: 10 };

function pointsAsText(record: CalibrationRecord): readonly string[] {
  if (record.record !== 'adjustment' || record.fit.terms.length !== 1) return [];
  const { fit, points, asLeft }: Adjustment = record;
  const line = { a: fit.intercept, b: fit.terms[0]?.coefficient ?? 1, covariance: fit.covariance };
  const all = [...points.map((one) => ({ ...one, used: true })), ...asLeft.map((one) => ({ ...one, used: false }))];
  const rest = residualText(line, all, record.unit, chart.columns);
  return [...fitText(line, all, chart.columns, chart.rows), '', `Δ ${record.unit} (k = 2)`, ...rest, ''];
}
