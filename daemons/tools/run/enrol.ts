import { type EnrolConfig, enrolLine } from '../../enrol/daemon.ts';
import { daemon } from './daemon.ts';

export const runEnrol = (config: EnrolConfig): Promise<void> => daemon('enrol', null, (ctx) => enrolLine(config, ctx));
