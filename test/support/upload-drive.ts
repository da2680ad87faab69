/** What a drone says while a mission is written, read back or cleared, and the machine that is driven by it. */
import type { Message } from '../../daemons/core/mavlink/decode.ts';
import type { MissionItem } from '../../daemons/dock/mission.ts';
import { noUpload, type Upload, type UploadInput, type UploadOutput, uploadStep } from '../../daemons/dock/upload.ts';

export const ends = { drone: 1, self: 254 };
export const said = (name: string, fields: Message['fields'] = {}, part: Partial<Message> = {}): UploadInput => ({
  is: 'message',
  message: { name, system: 1, component: 1, fields: { target_system: 254, mission_type: 0, ...fields }, ...part },
});
export const ask = (seq: number, name = 'MISSION_REQUEST_INT'): UploadInput => said(name, { seq });
export const ack = (type: number): UploadInput => said('MISSION_ACK', { type });
export const held = (one: MissionItem, part: Message['fields'] = {}): UploadInput => {
  const [param1, param2, param3, param4] = one.params;
  const { params: _, home: __, ...rest } = one;
  return said('MISSION_ITEM_INT', { ...rest, param1, param2, param3, param4, target_system: 254, ...part });
};

/** Inputs one after another; a number is so many milliseconds that pass before a tick. */
export function run(inputs: readonly (UploadInput | number)[], from: Upload = noUpload) {
  let state = from;
  let nowMs = 0;
  const out: UploadOutput[] = [];
  for (const one of inputs) {
    if (typeof one === 'number') nowMs += one;
    const [next, more] = uploadStep(state, typeof one === 'number' ? { is: 'tick' } : one, nowMs, ends);
    state = next;
    out.push(...more);
  }
  const words = out.map((one) =>
    one.is === 'send'
      ? `${one.message.name} ${one.message.fields.seq ?? one.message.fields.type ?? ''}`.trim()
      : one.is,
  );
  return { state, out, words };
}
export const whyOf = (out: readonly UploadOutput[]): string | undefined =>
  out.flatMap((one) => (one.is === 'failed' ? [one.why] : []))[0];
