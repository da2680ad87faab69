import { Worker, type WorkerOptions } from 'node:worker_threads';

/** A thread of the executable: the name of its program. */
export interface Thread {
  readonly program: string;
}

export const threadAt = (program: string): Thread => ({ program });

/** As `new Worker(where, options)`, where a thread of the executable is no file. As a script: nothing else needs Node's loader of modules. */
export const openThread = (where: Thread | string | URL, options: WorkerOptions): Worker =>
  typeof where === 'string' || where instanceof URL
    ? new Worker(where, options)
    : new Worker(runs(JSON.stringify(where.program)), { ...options, eval: true });

/** As `program.packaged.ts` loads a program. */
const runs = (name: string): string => `const { getAsset, getRawAsset } = require('node:sea');
const { Script } = require('node:vm');
const program = { exports: {} };
const cachedData = Buffer.from(getRawAsset('programs/' + ${name} + '.code'));
const script = new Script(getAsset('programs/' + ${name}, 'utf8'), { filename: ${name} + '.cjs', cachedData });
const folder = require('node:path').dirname(process.execPath);
script.runInThisContext()(require, program, program.exports, process.execPath, folder);`;
