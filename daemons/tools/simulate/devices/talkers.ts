/** Instruments that say a line of text each second, or when they are asked. Written apart from the drivers. */
export interface Talker {
  receive(bytes: Uint8Array): Uint8Array[];
  tick(): Uint8Array | null;
}

const check = (text: string): string =>
  [...Buffer.from(text, 'latin1')]
    .reduce((sum, byte) => sum ^ byte, 0)
    .toString(16)
    .toUpperCase()
    .padStart(2, '0');
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** `$body*check`, as NMEA 0183 frames it. */
export const nmeaLine = (body: string): Uint8Array => ascii(`$${body}*${check(body)}\r\n`);
/** STX body ETX check, as Gill frames it. */
export const gillLine = (body: string): Uint8Array => ascii(`\x02${body}\x03${check(body)}\r\n`);

/** Says each second what `say` gives. */
export const talker = (say: () => Uint8Array): Talker => ({ receive: () => [], tick: say });

/** Answers `question` with a line, and says nothing by itself. */
export const answerer = (question: string, say: () => string): Talker => ({
  receive: (bytes) => (Buffer.from(bytes).toString('latin1') === question ? [ascii(`${say()}\r\n`)] : []),
  tick: () => null,
});

export interface Fix {
  readonly lat: number;
  readonly lon: number;
  readonly altitudeM: number;
  /** 0 without a fix. */
  readonly quality: number;
}

/** GGA and RMC of a receiver, in one burst as receivers send them. */
export function gpsBurst({ lat, lon, altitudeM, quality }: Fix): Uint8Array {
  const angle = (value: number, digits: number): string => {
    const whole = Math.floor(Math.abs(value));
    return `${String(whole).padStart(digits, '0')}${((Math.abs(value) - whole) * 60).toFixed(4).padStart(7, '0')}`;
  };
  const place = `${angle(lat, 2)},${lat < 0 ? 'S' : 'N'},${angle(lon, 3)},${lon < 0 ? 'W' : 'E'}`;
  const known = quality > 0;
  const gga = known ? `${place},${quality},09,0.9,${altitudeM.toFixed(1)},M,-40.1,M,,` : `,,,,0,03,99.9,,,,,,`;
  const rmc = known ? `A,${place},0.1,0.0,010126,,,A` : 'V,,,,,,,010126,,,N';
  return Uint8Array.of(...nmeaLine(`GNRMC,120000.00,${rmc}`), ...nmeaLine(`GNGGA,120000.00,${gga}`));
}
