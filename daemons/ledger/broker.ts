import { openEmbeddedBroker } from '../core/adapters/broker.aedes.ts';
import type { Running } from '../core/daemon/running.ts';

/** The embedded broker as a daemon of its own, so that the ledger may die without it. */
export async function brokerLine({ port }: { readonly port: number }, ctx: Running): Promise<void> {
  const broker = await openEmbeddedBroker(port);
  ctx.log.info('listening', { port: broker.port });
  while (!ctx.signal.aborted) {
    ctx.progress();
    await ctx.clock.sleep(5000, 'broker', ctx.signal);
  }
  await broker.close();
}
