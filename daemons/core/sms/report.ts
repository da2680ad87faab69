/** SMS-STATUS-REPORT as a modem gives it with +CDS (3GPP TS 23.040, 9.2.2.3). Pure. */

export interface StatusReport {
  /** Of the message that it is about, as +CMGS named it. */
  readonly reference: number;
  /** `trying`: the service centre is still at it (9.2.3.15). */
  readonly outcome: 'delivered' | 'trying' | 'failed';
}

/** Null: it is no status report. */
export function reportIn(hex: string): StatusReport | null {
  if (!/^(?:[0-9A-Fa-f]{2}){12,200}$/.test(hex)) return null;
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  const at = 1 + (bytes[0] ?? 0);
  const first = bytes[at];
  if (first === undefined || (first & 0x03) !== 0x02) return null;
  const [reference, digits] = [bytes[at + 1], bytes[at + 2]];
  if (reference === undefined || digits === undefined) return null;
  // Type and digits of the address, then two times of seven bytes each.
  const status = bytes[at + 3 + 1 + Math.ceil(digits / 2) + 14];
  if (status === undefined) return null;
  const outcome = status <= 0x02 ? 'delivered' : status >= 0x20 && status < 0x40 ? 'trying' : 'failed';
  return { reference, outcome };
}
