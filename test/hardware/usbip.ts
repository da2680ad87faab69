/**
 * A USB device behind USB/IP (Documentation/usb/usbip_protocol.rst of the kernel), so that the kernel's own drivers talk to
 * a model. `vhci_hcd` takes a connected socket through sysfs; no usbip tools are needed. Ending the connection is an unplug.
 */
import { execFile } from 'node:child_process';
import net from 'node:net';
import { promisify } from 'node:util';

/** What a model answers: bytes, or null for a stall. */
export type ControlAnswer = Uint8Array | null;

export interface UsbModel {
  readonly device: Buffer;
  readonly configuration: Buffer;
  readonly strings: readonly string[];
  /** The report descriptor of a HID device. */
  readonly report?: Buffer;
  /** A class or vendor request on endpoint 0. */
  control(setup: Buffer, data: Buffer): ControlAnswer;
  /** Bytes for a bulk endpoint; what it gives back is sent on endpoint 2. */
  bulk(data: Buffer): readonly Uint8Array[];
  /** Called when it is plugged in, with what sends bytes on endpoint 2 that nobody asked for. Returns what ends that. */
  attach?(say: (data: Uint8Array) => void): () => void;
}

export interface Plugged {
  unplug(): void;
}

const headerLength = 48;
const submit = 1;
const unlink = 2;
const stall = -32; // EPIPE
const reset = -104; // ECONNRESET
/** enum usb_device_speed of the kernel. */
const fullSpeed = 2;
/** What a device holds for a host that does not read: the oldest is lost, as in a real one's buffer. */
const mostUnread = 64;

/** Standard requests (USB 2.0, section 9.4); undefined for those of a class or vendor. */
function standard(model: UsbModel, setup: Buffer): ControlAnswer | undefined {
  if ((setup.readUInt8(0) & 0x60) !== 0) return undefined;
  const request = setup.readUInt8(1);
  if (request === 0) return Uint8Array.of(0, 0);
  if (request === 8) return Uint8Array.of(1);
  if (request === 10) return Uint8Array.of(0);
  if (request !== 6) return [1, 3, 9, 11].includes(request) ? new Uint8Array(0) : null;
  const index = setup.readUInt8(2);
  const kind = setup.readUInt8(3);
  if (kind === 1) return model.device;
  if (kind === 2) return model.configuration;
  if (kind === 0x22) return model.report ?? null;
  if (kind !== 3) return null;
  if (index === 0) return Uint8Array.of(4, 3, 9, 4);
  const text = Buffer.from(model.strings[index - 1] ?? '', 'utf16le');
  return Uint8Array.of(text.length + 2, 3, ...text);
}

function serve(model: UsbModel, socket: net.Socket): void {
  let received: Buffer = Buffer.alloc(0);
  /** Reads of an endpoint that wait for something to say, and what waits for a read. */
  const asked = new Map<number, { readonly seq: number; readonly length: number }[]>();
  const toSay: Buffer[] = [];
  const say = (data: Uint8Array): void => {
    toSay.push(Buffer.from(data));
    while (toSay.length > mostUnread) toSay.shift();
  };

  const reply = (seq: number, status: number, data: Uint8Array, actual = data.length): void => {
    const head = Buffer.alloc(headerLength);
    head.writeUInt32BE(3, 0);
    head.writeUInt32BE(seq, 4);
    head.writeInt32BE(status, 20);
    head.writeInt32BE(actual, 24);
    socket.write(Buffer.concat([head, data]));
  };
  const none = new Uint8Array(0);
  const flush = (): void => {
    const waiting = asked.get(2) ?? [];
    while (waiting.length > 0 && toSay.length > 0) {
      const one = waiting.shift();
      const said = toSay.shift();
      if (!one || !said) return;
      if (said.length > one.length) toSay.unshift(said.subarray(one.length));
      reply(one.seq, 0, said.subarray(0, one.length));
    }
  };
  const cancel = (seq: number, target: number): void => {
    let status = 0;
    for (const [endpoint, waiting] of asked) {
      const left = waiting.filter((one) => one.seq !== target);
      if (left.length < waiting.length) status = reset;
      asked.set(endpoint, left);
    }
    const head = Buffer.alloc(headerLength);
    head.writeUInt32BE(4, 0);
    head.writeUInt32BE(seq, 4);
    head.writeInt32BE(status, 20);
    socket.write(head);
  };
  const onControl = (head: Buffer, data: Buffer, seq: number, toHost: boolean): void => {
    const setup = head.subarray(40, 48);
    const found = standard(model, setup);
    const answer = found === undefined ? model.control(setup, data) : found;
    if (answer === null) reply(seq, stall, none);
    else if (toHost) reply(seq, 0, answer.subarray(0, head.readInt32BE(24)));
    else reply(seq, 0, none, data.length);
  };
  /** Handles one message; false while it is not whole. */
  const step = (): boolean => {
    if (received.length < headerLength) return false;
    const head = received.subarray(0, headerLength);
    const [command, seq] = [head.readUInt32BE(0), head.readUInt32BE(4)];
    const [toHost, endpoint] = [head.readUInt32BE(12) === 1, head.readUInt32BE(16)];
    if (command === unlink) {
      received = received.subarray(headerLength);
      cancel(seq, head.readUInt32BE(20));
      return true;
    }
    if (command !== submit) throw new Error(`USB/IP command ${command}`);
    const length = head.readInt32BE(24);
    const whole = headerLength + (toHost ? 0 : length);
    if (received.length < whole) return false;
    const data = received.subarray(headerLength, whole);
    received = received.subarray(whole);
    if (endpoint === 0) onControl(head, data, seq, toHost);
    else if (toHost) asked.set(endpoint, [...(asked.get(endpoint) ?? []), { seq, length }]);
    else {
      reply(seq, 0, none, length);
      model.bulk(Buffer.from(data)).forEach(say);
    }
    flush();
    return true;
  };
  socket.setNoDelay(true);
  const detach = model.attach?.((data) => {
    say(data);
    flush();
  });
  socket.on('close', () => detach?.());
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    while (step());
  });
}

/** Plugs a model into a port of the virtual host controller. Needs root and a kernel with `vhci_hcd`. */
export async function plug(model: UsbModel, vhciPort: number): Promise<Plugged> {
  let connection: net.Socket | null = null;
  const server = net.createServer((socket) => {
    connection = socket;
    serve(model, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const attach = `exec 3<>/dev/tcp/127.0.0.1/${port}; echo "${vhciPort} 3 ${65538 + vhciPort} ${fullSpeed}" > /sys/devices/platform/vhci_hcd.0/attach`;
  await promisify(execFile)('/bin/bash', ['-c', attach]);
  return {
    unplug: () => {
      connection?.destroy();
      server.close();
    },
  };
}
