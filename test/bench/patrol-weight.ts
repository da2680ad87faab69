/** What a phone loads of the patrol page the first time, as the server sends it: every file, those of the worker and of all languages too. */
import http from 'node:http';
import { openPatrolSite, patrolPage } from '../support/patrol-site.ts';
import type { Figure } from './figure.ts';

const mostKb = 250;

/** Bytes that come over the wire for one path, heads included. */
function bytesOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, headers: { 'accept-encoding': 'gzip, br' } }, (answer) => {
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(answer.socket.bytesRead)
          : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
      answer.on('error', reject);
      answer.resume();
    });
    request.on('error', reject);
  });
}

export async function patrolWeight(): Promise<Figure> {
  const site = await openPatrolSite();
  try {
    const { files } = await patrolPage();
    let bytes = 0;
    for (const url of files.keys()) bytes += await bytesOf(`${site.url}${url}`);
    const plain = [...files.values()].reduce((sum, { body }) => sum + body.length, 0);
    const value = Number((bytes / 1000).toFixed(1));
    return {
      ...{ id: 'patrol.weight', value, unit: 'kB', baseline: Number((plain / 1000).toFixed(1)), ratio: bytes / plain },
      ...{ reach: `<= ${mostKb}`, ok: value <= mostKb },
      note: `${files.size} files with their heads, brotli; all three languages and what the worker keeps; there is no map`,
    };
  } finally {
    await site.stop();
  }
}
