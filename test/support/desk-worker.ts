/** A console of its own thread that acknowledges what it is told, and says which of it was its own doing. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';

const { file, by, ids } = workerData as { file: string; by: string; ids: string[] };
const desk = openSqliteDesk(file);
const mine: string[] = [];
for (const alert of ids) {
  const done = await desk.act({ alert, by, role: 'operator', atMs: 1000, deed: { what: 'acknowledge' } });
  if (done?.act) mine.push(alert);
}
await desk.close();
parentPort?.postMessage(mine);
