/** Lines of text over a unix socket: a server that bounds what it takes and what it keeps for slow readers, and a client. */
import { chmod, rm } from 'node:fs/promises';
import net from 'node:net';
import { Fault } from '../ports/fault.ts';

export interface LineConnection {
  /** One line, without its end. Dropped when the other side does not read: see `longestWaiting`. */
  send(line: string): void;
  close(): void;
}

export interface LineEvents {
  onLine(line: string): void;
  onClose(): void;
}

export interface LineServer {
  close(): Promise<void>;
}

export interface LineLimits {
  /** Longest line that is taken, in characters: who sends a longer one is hung up on. */
  readonly longest: number;
  readonly mostClients: number;
  /** Bytes that may wait for a reader before it is hung up on; `longestWaiting` where nothing is said. */
  readonly mostWaiting?: number;
}

/** Bytes that may wait for a reader; one that is so far behind is hung up on. */
const longestWaiting = 4_000_000;

/**
 * Serves on a socket file of mode 0660; one that a killed process left behind is replaced. `accept` is called for each
 * client. Errors: Fault `refused` when the file cannot be made, or another process serves there.
 */
export async function serveLines(
  file: string,
  limits: LineLimits,
  accept: (connection: LineConnection) => LineEvents,
): Promise<LineServer> {
  if (await isServed(file))
    throw new Fault('refused', `${file}: another process serves there; only one daemon of a kind`);
  await rm(file, { force: true });
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    if (sockets.size >= limits.mostClients) return void socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attach(socket, limits, accept);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Fault('refused', `${file}: cannot be served (${error.message})`, error)),
    );
    server.listen(file, resolve);
  });
  await chmod(file, 0o660);
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(file, { force: true });
    },
  };
}

/** Errors: Fault `absent` when nobody serves there. */
export function connectLines(
  file: string,
  longest: number,
  accept: (connection: LineConnection) => LineEvents,
): Promise<LineConnection> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(file);
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(new Fault('absent', `${file}: ${whyNot(error.code)}`, error));
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      resolve(attach(socket, { longest }, accept));
    });
  });
}

/** How long an answer is waited for, in ms. */
const answerMs = 5000;

/** One line, and its answer. Errors: Fault `absent` when nobody serves there or the other side hangs up, `timeout`. */
export async function askLine(file: string, line: string, longest: number): Promise<string> {
  const got = Promise.withResolvers<string>();
  const connection = await connectLines(file, longest, () => ({
    onLine: got.resolve,
    onClose: () => got.reject(new Fault('absent', `${file}: it hung up without an answer`)),
  }));
  const timer = setTimeout(
    () => got.reject(new Fault('timeout', `${file}: no answer within ${answerMs} ms`)),
    answerMs,
  );
  connection.send(line);
  try {
    return await got.promise;
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

function whyNot(code = ''): string {
  if (code === 'EACCES' || code === 'EPERM')
    return `you may not open it (${code}); it is for the owner and the group of its folder: ask to be put in that group`;
  const stale = code === 'ECONNREFUSED' ? 'a daemon that is gone left it behind' : 'there is nothing';
  return `nobody answers (${code}): ${stale}; is the daemon running, and is this its state folder?`;
}

/** Whether a program listens there now. */
export function isServed(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(file);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function attach(
  socket: net.Socket,
  { longest, mostWaiting = longestWaiting }: Pick<LineLimits, 'longest' | 'mostWaiting'>,
  accept: (connection: LineConnection) => LineEvents,
): LineConnection {
  const connection: LineConnection = {
    send: (line) => {
      if (socket.destroyed) return;
      if (socket.writableLength > mostWaiting) socket.destroy();
      else socket.write(`${line}\n`);
    },
    close: () => void socket.end(),
  };
  const events = accept(connection);
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest || lines.some((line) => line.length > longest)) return void socket.destroy();
    for (const line of lines) if (!socket.destroyed) events.onLine(line);
  });
  // What goes wrong on a socket closes it: there it is told.
  socket.on('error', () => {});
  socket.once('close', () => events.onClose());
  return connection;
}
