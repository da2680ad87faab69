import { readConfig } from '../../core/config/box.ts';
import { deliveryIn, dispatchConfig } from '../../dispatch/config.ts';
import { dispatchLine } from '../../dispatch/daemon.ts';
import { daemon } from './daemon.ts';

interface DispatchOptions {
  /** The file that says who is told what. */
  readonly config: string;
  readonly records: string;
  /** Hours. */
  readonly knownAfter: number;
}

export const runDispatch = ({ config: file, records, knownAfter }: DispatchOptions): Promise<void> =>
  daemon('dispatch', null, async (ctx) => {
    const config = readConfig(file, dispatchConfig);
    const knownMs = knownAfter * 3_600_000;
    await dispatchLine({ config, delivery: deliveryIn(config, file), records, knownMs }, ctx);
  });
