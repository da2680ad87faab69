import { readConfig } from '../../core/config/box.ts';
import { deliveryIn, dispatchConfig } from '../../dispatch/config.ts';
import { dispatchLine } from '../../dispatch/daemon.ts';
import { daemon } from './daemon.ts';

interface DispatchOptions {
  /** The file that says who is told what. */
  readonly config: string;
  readonly records: string;
}

export const runDispatch = ({ config: file, records }: DispatchOptions): Promise<void> =>
  daemon('dispatch', null, async (ctx) => {
    const config = readConfig(file, dispatchConfig);
    await dispatchLine({ config, delivery: deliveryIn(config, file), records }, ctx);
  });
