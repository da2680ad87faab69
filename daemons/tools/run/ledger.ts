import { ledgerLine } from '../../ledger/daemon.ts';
import { forgetting, policyOf } from '../retention/retention.ts';
import type { Keeping } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

interface LedgerOptions extends Keeping {
  /** The ledger listens at each; commas part the addresses of one cluster. */
  readonly broker: readonly string[];
  readonly records: string;
  readonly identity?: string;
  readonly fleet: boolean;
}

export const runLedger = (options: LedgerOptions): Promise<void> =>
  daemon('ledger', null, async (ctx) => {
    const { broker: brokers, records, identity, fleet } = options;
    await Promise.all([
      ledgerLine({ brokers, records, identity, fleet }, ctx),
      forgetting(records, ctx, policyOf(options)),
    ]);
  });
