/** Short messages by a modem of one's own, which needs no network but the telephone's. */
import type { Clock } from '../ports/clock.ts';
import { Fault } from '../ports/fault.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Serial } from '../ports/serial.ts';
import { submitsOf } from '../sms/submit.ts';
import { smsText } from '../sms/text.ts';
import { type ModemTimes, sendByModem } from './sms.modem.ts';

/** One message after the other: a modem has one line. `report`: whether phones are asked to confirm. */
export function openSmsModem(
  serial: Serial,
  { clock, report, times }: { readonly clock: Clock; readonly report: boolean; readonly times?: ModemTimes },
): Notifier {
  let reference = Math.floor(clock.now().wallMs / 1000) & 0xff;
  return {
    way: 'sms',
    send: async (notice, signal) => {
      reference = (reference + 1) & 0xff;
      const pdus = submitsOf({ to: notice.to, text: smsText(notice), reference, report });
      const outcome = await sendByModem(serial, pdus, { clock, report, signal, ...(times && { times }) });
      if (outcome.state === 'unsure') return 'unsure';
      if (outcome.delivered === false)
        throw new Fault('refused', 'the network took the message and says that the phone cannot be reached');
      return 'sent';
    },
    close: () => serial.close(),
  };
}
