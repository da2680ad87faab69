import type { Arrival } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { type BoxEvent, type Envelope, noHash, type Stream } from '../../daemons/core/values/envelope.ts';
import { sampleAlert, stampAt } from './alerts.ts';

export interface Sent {
  readonly device?: string;
  readonly spool?: string;
  readonly stream?: Stream;
  readonly seq: number;
  /** Another salt is another link hash. */
  readonly salt?: string;
  readonly body?: Partial<Alert> | Partial<BoxEvent>;
}

/** An envelope as it would come over the wire; `alert` where nothing else is said, with an id of its own. */
export function arrivalOf({ device = 'post-7', spool = 's', stream = 'alert', seq, salt = '0', body }: Sent): Arrival {
  const at = stampAt(1_790_000_000_000 + seq);
  const bodies = {
    alert: sampleAlert(`${device}.${spool}.${seq}`, {}, at.wallMs),
    event: { type: 'test', severity: 'info', at, message: `event ${seq}`, detail: {} },
    tele: { encoding: 'columns+deflate-raw+base64', from: at, to: at, values: 1, data: `data-${seq}` },
  } as const;
  const envelope = {
    v: 1,
    device,
    spool,
    stream,
    seq,
    at,
    prev: noHash,
    salt: salt.padEnd(32, '0'),
    body: { ...bodies[stream], ...body },
  } as Envelope;
  return { site: 'north', text: JSON.stringify(envelope), envelope };
}

/** An event that declares numbers of another stream gone. */
export const goneEvent = (seq: number, type: 'shed' | 'lost', gone: unknown): Arrival =>
  arrivalOf({ stream: 'event', seq, body: { type, detail: { gone } } });
