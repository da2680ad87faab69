import type { BoxEvent } from '../values/envelope.ts';
import type { DeskStore } from './desk.ts';

/** What the ledger needs of people's acts: to make one of what a patrol said at a box. Errors: as of `DeskStore`. */
export interface PatrolDesk extends Pick<DeskStore, 'act' | 'record'> {
  /** Events of the box about its clock, which may correct a moment that it stated. */
  clockEvents(device: string): Promise<readonly Pick<BoxEvent, 'type' | 'detail'>[]>;
}
