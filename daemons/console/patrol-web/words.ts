import type { MessageKey } from '../web/messages/keys.ts';
import { say as sayShared } from '../web/text.ts';
import type { PatrolKey } from './messages/keys.ts';

/** A sentence of this page, or of those that it shares with the console's. */
export const say = sayShared as (
  key: PatrolKey | MessageKey,
  values?: Readonly<Record<string, string | number>>,
) => string;
/** A sentence by a key that is put together; the key itself where there is none. */
export const sayAny = sayShared as (key: string, values?: Readonly<Record<string, string | number>>) => string;
