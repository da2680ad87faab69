/** What a modem says, cut into lines and prompts (3GPP TS 27.007 and 27.005, ITU-T V.250). Bounded: it may say anything, for ever. Pure. */

export interface Heard {
  readonly rest: string;
  /** Characters that were heard since the last command. */
  readonly total: number;
}
export type Said = { readonly line: string } | { readonly prompt: true };

export const nothingHeard: Heard = { rest: '', total: 0 };
const longestLine = 1024;

export function hear({ rest, total }: Heard, bytes: Uint8Array): readonly [Heard, readonly Said[]] {
  let text = rest + Buffer.from(bytes).toString('latin1');
  const said: Said[] = [];
  for (;;) {
    const found = /\r\n|\r|\n/.exec(text);
    if (!found) break;
    const line = text.slice(0, found.index);
    if (line !== '') said.push({ line });
    text = text.slice(found.index + found[0].length);
  }
  // The prompt ends with a space and with no line (TS 27.005, 4.3).
  if (/^\s*>\s?$/.test(text)) {
    said.push({ prompt: true });
    text = '';
  }
  return [{ rest: text.slice(-longestLine), total: total + bytes.length }, said];
}

/** How a command ended; null: this line ends none. */
export function resultIn(line: string): { readonly ok: boolean; readonly why: string } | null {
  if (line === 'OK') return { ok: true, why: '' };
  const error = /^\+CM([ES]) ERROR: *(.{1,80})$/.exec(line);
  if (error)
    return { ok: false, why: `${error[1] === 'S' ? 'CMS' : 'CME'} ERROR ${error[2]}${meaning(error[1], error[2])}` };
  return /^(ERROR|NO CARRIER|COMMAND NOT SUPPORT)$/.test(line) ? { ok: false, why: line } : null;
}

/** Of the usual ones: TS 27.007, 9.2; TS 27.005, 3.2.5. */
const cme: Readonly<Record<string, string>> = {
  ...{
    10: 'no SIM',
    11: 'the SIM asks for its PIN',
    12: 'the SIM asks for its PUK',
    13: 'the SIM failed',
    14: 'the SIM is busy',
  },
  ...{ 30: 'no network', 31: 'the network does not answer', 32: 'only emergency calls' },
};
const cms: Readonly<Record<string, string>> = {
  ...{
    8: 'barred by the operator',
    10: 'barred',
    21: 'refused by the network',
    27: 'the number is out of service',
    28: 'no such number',
  },
  ...{
    38: 'the network is out of order',
    42: 'the network is full',
    50: 'not subscribed',
    304: 'the modem takes no such message',
  },
  ...{
    310: 'no SIM',
    311: 'the SIM asks for its PIN',
    330: 'no service centre is set',
    331: 'no network',
    332: 'the network does not answer',
  },
};
const meaning = (of: string | undefined, code: string | undefined): string => {
  const word = (of === 'S' ? cms : cme)[code ?? ''];
  return word ? ` (${word})` : '';
};
