// The same as script.py for Node: lines over TCP, a calibration, the mean of ten, an alert, MQTT.js.
import net from 'node:net';
import process from 'node:process';
import readline from 'node:readline';
import mqtt from 'mqtt';

const [name = '', port = '', broker = ''] = process.argv.slice(2);
const [gain, offset, on, off, size] = [1.02, -0.4, 60, 50, 10];
const client = mqtt.connect(`mqtt://127.0.0.1:${broker}`, { clientId: name, protocolVersion: 4 });
const windows = new Map();
const raised = new Map();

function take(text) {
  const comma = text.indexOf(',');
  if (comma < 0) return;
  const id = text.slice(0, comma);
  const values = windows.get(id) ?? [];
  values.push(gain * Number(text.slice(comma + 1)) + offset);
  windows.set(id, values);
  if (values.length < size) return;
  const mean = values.reduce((sum, one) => sum + one, 0) / size;
  client.publish(`peers/${name}/tele`, JSON.stringify({ id, mean, values }), { qos: 1 });
  const was = raised.get(id) ?? false;
  if (was ? mean <= off : mean >= on) {
    raised.set(id, !was);
    const told = { id, condition: was ? 'cleared' : 'raised', mean, value: values.at(-1) };
    client.publish(`peers/${name}/alert`, JSON.stringify(told), { qos: 1 });
  }
  windows.set(id, []);
}

function listen() {
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.on('close', () => setTimeout(listen, 200));
  const lines = readline.createInterface({ input: socket });
  lines.on('line', take);
  lines.on('error', () => socket.destroy());
}
listen();
