/**
 * Telemetry on the wire: the envelope's text deflated (RFC 1951) with a dictionary of what every envelope says, behind one
 * byte that names the dictionary. JSON text never begins with that byte, so both forms are told apart by it; text of
 * alerts and events stays text, readable for any MQTT client. The text that comes back is exactly the one that went in.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Fault } from '../ports/fault.ts';
import { maxPayloadBytes, textOf } from './parse.ts';

/** Names the dictionary below: another text is another number. */
const mark = 1;

const stampWords = '{"wallMs":1790000000000,"monoNs":1000000000000,"boot":"","synced":true,"uncertaintyMs":null}';
const dictionary = Buffer.from(
  `,"synced":false,"uncertaintyMs":0.,"prev":"${'0'.repeat(64)}","salt":"{"v":1,"device":"post-","spool":"","stream":"event","seq":` +
    `{"v":1,"device":"","spool":"","stream":"tele","seq":1,"at":${stampWords},"prev":"","salt":"","body":` +
    `{"encoding":"columns+deflate-raw+base64","from":${stampWords},"to":${stampWords},"values":100,"data":"=="}}`,
);

export function packed(text: string): Uint8Array {
  const deflated = deflateRawSync(text, { level: 9, dictionary });
  return Buffer.concat([Buffer.from([mark]), deflated]);
}

/** The text of a payload, packed or plain. Errors: Fault `protocol` when it is neither, or too large when unpacked. */
export function unpacked(payload: Uint8Array): string {
  if (payload[0] !== mark) return textOf(payload);
  try {
    return textOf(inflateRawSync(payload.subarray(1), { dictionary, maxOutputLength: maxPayloadBytes }));
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('protocol', `payload: unpacks to more than ${maxPayloadBytes} bytes`, error);
    if (code.startsWith('Z_'))
      throw new Fault('protocol', `payload: is packed, and cannot be unpacked: ${message}`, error);
    throw error;
  }
}
