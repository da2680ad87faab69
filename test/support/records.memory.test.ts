import { memoryRecords } from './records.memory.ts';
import { recordsContract } from './records-contract.ts';

recordsContract('memory', async () => memoryRecords());
