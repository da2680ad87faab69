import { driveRollouts } from '../fleet/drive.ts';
import { daemon } from './daemon.ts';

export const runRollouts = (options: Parameters<typeof driveRollouts>[0]): Promise<void> =>
  daemon('rollouts', null, (ctx) => driveRollouts(options, ctx));
