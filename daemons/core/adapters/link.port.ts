import type { Board } from '../config/box.ts';
import type { Link } from '../ports/link.ts';
import { linkOverSerial } from './link.serial.ts';
import { openLinkUdp } from './link.udp.ts';
import { openSerialLinux } from './serial.linux.ts';
import { connectSerialTcp } from './serial.tcp.ts';

export interface PortLink {
  readonly link: Link;
  /** A client must say that it is there, or nobody would know where to send to. */
  readonly speaksFirst: boolean;
}

/** The serial or UDP port of this name as a link; null where the board has none. */
export function openLinkOf({ serial, udp }: Board['ports'], name: string): PortLink | null {
  const end = udp?.[name];
  if (end) {
    const address = 'listen' in end ? { listen: hostPortOf(end.listen) } : { connect: hostPortOf(end.connect) };
    return { link: openLinkUdp(address), speaksFirst: 'connect' in end };
  }
  const one = serial[name];
  if (!one) return null;
  const line = 'tcp' in one ? connectSerialTcp(hostPortOf(one.tcp)) : openSerialLinux(one);
  return { link: linkOverSerial(line), speaksFirst: false };
}

/** From `host:port`, as the board writes it. */
export function hostPortOf(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}
