import { brokerLine } from '../../ledger/broker.ts';
import { daemon } from './daemon.ts';

export const runBroker = (port: number): Promise<void> => daemon('broker', null, (ctx) => brokerLine({ port }, ctx));
