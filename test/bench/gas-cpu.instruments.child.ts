/** Modbus analyzers of four channels, one a port, in a process of their own so that nobody counts them. Says its ports. */
import net from 'node:net';
import process from 'node:process';
import { floatRegisters, modbusServer } from '../../daemons/tools/simulate/devices/modbus.ts';

const [count = '0'] = process.argv.slice(2);
/** Live signals: a slow swing and noise, about 900 for a channel of millivolts. */
const value = (channel: number): number => {
  const t = Date.now() / 1000;
  return 900 + 20 * Math.sin(t / 7 + channel) + Math.sin(t * 37.1 + channel) + Math.sin(t * 91.7 * (channel + 1));
};
const answerer = () =>
  modbusServer({ unit: 1, register: (_table, address) => floatRegisters(value(address >> 1))[address & 1] ?? null });

const ports: number[] = [];
for (let i = 0; i < Number(count); i++) {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    const take = answerer();
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const one of take(bytes)) socket.write(one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports.push((server.address() as net.AddressInfo).port);
}
process.send?.(ports);
process.once('disconnect', () => process.exit(0));
