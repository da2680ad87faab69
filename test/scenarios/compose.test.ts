/** The shape of `deploy/central/compose.yaml`: rights, secrets and mounts. No image is built and no container run by it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { composeFolder, composeText, mountsOf, readCompose } from '../support/compose.ts';

test('every service has the least rights, every secret is a file, and every mount is there', (t) => {
  const compose = readCompose();
  const used = Object.keys(compose.services).flatMap((name) => mountsOf(compose, name));
  for (const [to, from] of used) {
    if (compose.volumes[from] !== undefined) continue;
    t.true(from.startsWith('./secrets/') || existsSync(path.resolve(composeFolder, from)), `${to}: ${from}`);
  }
  const files = used.map(([, from]) => from);
  for (const [name, { file }] of Object.entries(compose.secrets)) t.true(files.includes(file), `${name} is of use`);
  // No key and no password is anything but a secret: one reader each, and never in an environment.
  const secret = /(\.key|pgpass|-password)$/;
  for (const { volumes, environment } of Object.values(compose.services)) {
    t.deepEqual(
      volumes.filter((text) => secret.test(text.split(':')[0] ?? '')),
      [],
    );
    t.deepEqual(
      Object.values(environment).filter((value) => !value.startsWith('/')),
      [],
    );
  }
  t.notRegex(composeText(), /privileged: true|docker\.sock|PASSWORD/);
});

test('a service with more rights is refused', (t) => {
  for (const [from, to] of [
    ['read_only: true', 'read_only: false'],
    ['cap_drop: [ALL]', 'cap_drop: [NET_ADMIN]'],
    ["user: '10003:10003'", "user: '0:0'"],
    ["ports: ['8883:8883']", "ports: ['5432:5432']"],
  ] as const) {
    t.true(composeText().includes(from));
    t.throws(() => readCompose(composeText().replace(from, to)), undefined, to);
  }
});
