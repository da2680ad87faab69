/** As much of an RTSP server (RFC 2326, RTP over TCP) as a player needs: one stream, an MPEG transport stream from memory. */
import net from 'node:net';

export interface RtspServer {
  readonly url: string;
  /** How many players were served so far. */
  served(): number;
  /** Ends every connection, as a camera that loses its power. */
  drop(): void;
  close(): void;
}

const packet = 7 * 188;

/** Plays `stream` over and over to whoever asks, a packet every `everyMs`. */
export async function rtspServer(stream: Uint8Array, everyMs: number): Promise<RtspServer> {
  const sockets = new Set<net.Socket>();
  let players = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    let [text, at, sequence] = ['', 0, 0];
    let timer: NodeJS.Timeout | null = null;
    const send = (): void => {
      const payload = stream.subarray(at, at + packet);
      at = at + packet >= stream.length ? 0 : at + packet;
      const head = Buffer.alloc(16);
      // Interleaved (RFC 2326 10.12): $, channel, length; then RTP (RFC 3550 5.1) with payload type 33, MP2T.
      head.write('$');
      head.writeUInt16BE(12 + payload.length, 2);
      head[4] = 0x80;
      head[5] = 33;
      head.writeUInt16BE(sequence++ & 0xffff, 6);
      head.writeUInt32BE((sequence * 90 * everyMs) >>> 0, 8);
      socket.write(Buffer.concat([head, payload]));
    };
    const answer = (request: string): void => {
      const [method = '', url = ''] = request.split(' ');
      const headers = [`CSeq: ${/CSeq: *(\d+)/i.exec(request)?.[1] ?? 0}`];
      let body = '';
      if (method === 'OPTIONS') headers.push('Public: DESCRIBE, SETUP, PLAY, TEARDOWN');
      if (method === 'DESCRIBE') {
        body = `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:${url}/one\r\n`;
        headers.push('Content-Type: application/sdp', `Content-Length: ${body.length}`);
      }
      if (method === 'SETUP') headers.push('Transport: RTP/AVP/TCP;unicast;interleaved=0-1', 'Session: 1');
      socket.write(`RTSP/1.0 200 OK\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
      if (method !== 'PLAY') return;
      players++;
      timer = setInterval(send, everyMs);
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const request = text.slice(0, end);
        text = text.slice(end + 4);
        // What the player reports between its requests begins with a dollar and binary; it is not asked for here.
        const start = request.search(/(OPTIONS|DESCRIBE|SETUP|PLAY|TEARDOWN) rtsp:/);
        if (start >= 0) answer(request.slice(start));
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (timer) clearInterval(timer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `rtsp://127.0.0.1:${port}/camera`,
    served: () => players,
    drop,
    close: () => {
      drop();
      server.close();
    },
  };
}
