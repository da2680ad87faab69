/** Joins the pure steps of proposals and uploads to the drone's link: what one says is done, what is heard is given to the other. */
import type { Running } from '../core/daemon/running.ts';
import type { Message } from '../core/mavlink/decode.ts';
import type { Outgoing } from '../core/mavlink/speaking.ts';
import { signerKey } from '../core/model/card-signature.ts';
import type { DockSection } from './config.ts';
import { type Flights, type FlightsInput, flightsStep, noFlights } from './flights.ts';
import type { DockEvent } from './said.ts';
import { noUpload, type Upload, type UploadInput, uploadStep } from './upload.ts';
import { self } from './vehicle-link.ts';

export interface ApprovalOptions {
  readonly device: string;
  readonly section: NonNullable<DockSection['secondLook']>;
  /** The system that lives in this dock. */
  readonly drone: number;
  readonly say: (event: DockEvent) => void;
  readonly send: (message: Outgoing) => void;
  /** Whether the drone is armed, and where the wind comes from; null: not known just now. */
  readonly armed: () => boolean | null;
  readonly fromDeg: () => number | null;
}

export interface Approval {
  /** A command as it came; gives what was said of it. */
  command(text: string): readonly string[];
  hear(mission: readonly Message[]): void;
  /** Looks at the time until the daemon stops; an upload under way is then cancelled. */
  run(): Promise<void>;
}

/** Finer than any time-out of the protocol. */
const lookMs = 100;

/** Errors: Fault `refused` for a signer that is no P-256 key. */
export function openApproval(options: ApprovalOptions, { clock, signal }: Running): Approval {
  const { device, section, drone, say, send, armed, fromDeg } = options;
  const signers = section.signers.map((pem, i) => signerKey(pem, `dock.secondLook.signers.${i}`));
  const rules = { device, section, signers };
  const ends = { drone, self: self.system };
  let flights: Flights = noFlights;
  let upload: Upload = noUpload;
  const moment = () => {
    const { monoNs, wallMs, boot } = clock.now();
    return { monoMs: monoNs / 1e6, wallMs, boot };
  };

  const step = (input: FlightsInput): readonly string[] => {
    const [next, out] = flightsStep(flights, input, moment(), rules);
    flights = next;
    const words: string[] = [];
    for (const one of out) {
      if (one.is === 'event') {
        say(one.event);
        words.push(one.event.message);
      } else drive(one.is === 'upload' ? { is: 'begin', items: one.items } : one);
    }
    return words;
  };

  const drive = (input: UploadInput): void => {
    const [next, out] = uploadStep(upload, input, moment().monoMs, ends);
    upload = next;
    for (const one of out) {
      if (one.is === 'send') send(one.message);
      else if (one.is === 'odd')
        say({
          ...{
            type: 'mission-odd',
            severity: 'info',
            message: `while a mission was written: ${one.what}; passed over`,
          },
          detail: { ...one },
        });
      else step(one);
    }
  };

  return {
    command: (text) => step({ is: 'command', text, armed: armed(), fromDeg: fromDeg() }),
    hear: (mission) => {
      for (const message of mission) drive({ is: 'message', message });
    },
    run: async () => {
      while (!signal.aborted) {
        drive({ is: 'tick' });
        step({ is: 'tick', armed: armed() });
        await clock.sleep(lookMs, 'proposed flights', signal);
      }
      drive({ is: 'cancel', why: 'the dock daemon ends' });
    },
  };
}
