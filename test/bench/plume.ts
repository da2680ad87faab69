/** `plume.cpu`: one update of the source estimate beside the same update in NumPy, on the same grid and rows. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';
import { plumeSection } from '../../daemons/gas/locating/section.ts';
import { addRow, type Filter, openFilter } from '../../daemons/gas/plume/filter.ts';
import { priors } from '../../daemons/gas/plume/options.ts';
import type { Row } from '../../daemons/gas/plume/row.ts';
import { answerOf, openSource, take } from '../../daemons/gas/plume/source.ts';
import { nextLook } from '../../daemons/gas/plume/waypoint.ts';
import { sceneOf } from '../../daemons/tools/evaluate/plume-nature.ts';
import { abTurns, type Figure, median } from './figure.ts';

const rounds = 9;
/** Rows a sample: an update is milliseconds. */
const rowsEach = 20;

interface Answer {
  readonly seconds: number;
  readonly best: number;
  readonly fit: number;
}

function bestOf({ fit }: Filter): number {
  let best = 0;
  for (let h = 1; h < fit.length - 1; h++) if ((fit[h] ?? 0) > (fit[best] ?? 0)) best = h;
  return best;
}

/** CPU seconds an update of a fresh filter over `rows`, and which hypothesis came out best. */
function ours(options: Parameters<typeof openFilter>[0], rows: readonly Row[]): Answer {
  const filter = openFilter(options);
  const before = process.cpuUsage();
  for (const row of rows) addRow(filter, row);
  const { user, system } = process.cpuUsage(before);
  const best = bestOf(filter);
  return { seconds: (user + system) / 1e6 / rows.length, best, fit: filter.fit[best] ?? 0 };
}

/** Reach: no slower than NumPy. Both must find the same best hypothesis, with the same likelihood within 2 %. */
export async function plume(): Promise<readonly Figure[]> {
  const figure = { id: 'plume.cpu', unit: 's of one core an update', reach: 'ratio <= 1' } as const;
  const program = ['python3', '/usr/bin/python3'].find(
    (one) => spawnSync(one, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
  );
  if (!program)
    return [
      { ...figure, value: null, baseline: null, ratio: null, ok: null, note: 'skipped: no python3 with numpy' },
      inTheLine(),
    ];
  const { area, rows } = sceneOf('beams', 7, rowsEach);
  const options = { ...priors, area };
  const { grid, hypotheses } = openFilter(options);
  const task = `${JSON.stringify({ options, x: [...grid.x], y: [...grid.y], rows })}\n`;
  const python = spawn(program, [path.join(import.meta.dirname, 'plume.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  try {
    const theirs = asking(python);
    const [a, b] = [ours(options, rows), await theirs(task)];
    const isSame = a.best === b.best && Math.abs(a.fit - b.fit) < 0.02 * Math.abs(b.fit);
    const medians = await abTurns(
      () => ours(options, rows).seconds,
      async () => (await theirs(task)).seconds,
      rounds,
    );
    const ratio = medians.a / medians.b;
    const note =
      `${grid.x.length} cells, ${hypotheses} hypotheses, 7 paths; median of ${rounds} rounds of ${rowsEach} rows, CPU time; ` +
      (isSame
        ? `both say hypothesis ${a.best} with log likelihood ${a.fit.toFixed(2)} and ${b.fit.toFixed(2)}`
        : `NOT THE SAME: ${a.best} ${a.fit.toFixed(2)}, NumPy ${b.best} ${b.fit.toFixed(2)}`);
    return [{ ...figure, value: medians.a, baseline: medians.b, ratio, ok: isSame && ratio <= 1, note }, inTheLine()];
  } finally {
    python.kill();
  }
}

/** The most that an alert holds up the line for, on the grid of a profile that says nothing: a row, an answer, a next look. */
function inTheLine(): Figure {
  const { rowS, reachM, cellM, inletM } = plumeSection.parse({ gases: [{ gas: 'a', quantities: ['a'], gPerMol: 17 }] });
  const area = { westM: -reachM, southM: -reachM, eastM: reachM, northM: reachM };
  let source = openSource({ ...priors, cellM, area });
  const at = { x: 0, y: 0, z: inletM };
  const spent: number[] = [];
  for (let i = 0; i < 40; i++) {
    const wind = { speedMs: 3, fromDeg: 270 + 40 * Math.sin(i / 2), tanH: 0.2, tanV: 0.12 };
    const row: Row = { atS: i * rowS, wind, looks: [{ stream: 'a', value: i % 5 === 0 ? 4 : 1, at, to: null }] };
    const before = process.cpuUsage();
    source = take(source, row);
    const answer = answerOf(source);
    if (answer.answer === 'source') nextLook(source.filter, answer.posterior, wind, [at, at, at]);
    const { user, system } = process.cpuUsage(before);
    if (answer.answer === 'source') spent.push((user + system) / 1000);
  }
  return {
    id: 'plume.line',
    value: median(spent),
    unit: 'ms of one core an alert with a new row',
    baseline: null,
    ratio: null,
    reach: null,
    ok: null,
    note: `one post, ${source.filter.hypotheses} hypotheses, once in ${rowS} s at the most and only while an alert is open; median of ${spent.length}; the rest of the time a row`,
  };
}

/** One line to the program, one line back. */
function asking({ stdin, stdout }: ChildProcess): (task: string) => Promise<Answer> {
  if (!stdin || !stdout) throw new Error('python3 was started without pipes');
  const answers = readline.createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (task) => {
    stdin.write(task);
    const { value, done } = await answers.next();
    if (done) throw new Error('python3 ended; what it said is above');
    return JSON.parse(value) as Answer;
  };
}
