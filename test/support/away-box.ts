import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Configuration of a box `post-1` at the site `north` with no sensors, whose centre is on this machine by TLS. */
export function layAwayBox(folder: string, brokerPort: number, enrolPort: number): void {
  const files = {
    'devices/post-1.yaml': 'device: post-1\nsite: north\nboard: bare\nprofile: away\n',
    'boards/bare.yaml': 'board: bare\nsimulated: true\nports: {}\nsensors: []\n',
    'profiles/away.yaml': [
      'profile: away',
      'uplink:',
      `  brokers: ['mqtts://localhost:${brokerPort}']`,
      `  renewal: https://localhost:${enrolPort}`,
      '  reconnect: { mostMs: 1000 }',
      '',
    ].join('\n'),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}
