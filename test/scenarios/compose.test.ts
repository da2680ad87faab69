/** The shape of `deploy/central/compose.yaml`: rights, secrets and mounts. No image is built and no container run by it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
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

const inCentral = (name: string): string => readFileSync(path.join(composeFolder, name), 'utf8');

test('the page is opened to other machines with a certificate, a login and an address, by a file that changes nothing else', (t) => {
  const { services, secrets } = parse(inCentral('compose.tls.yaml'));
  const base = readCompose().services.console;
  t.deepEqual(Object.keys(services), ['console']);
  t.deepEqual(Object.keys(services.console).sort(), ['command', 'secrets', 'volumes']);
  const { command } = services.console;
  t.deepEqual(command.slice(0, 4), base?.command);
  for (const option of ['--host', '--cert', '--key', '--origin'])
    t.is(command.filter((one: string) => one === option).length, 1);
  t.false(command.includes('--open'));
  // The key is a secret, and the certificate is what secrets.sh makes.
  t.is(command[command.indexOf('--key') + 1], '/run/secrets/console-key');
  t.is(secrets['console-key'].file, './secrets/console/server.key');
  t.regex(inCentral('secrets.sh'), /pki server .*--out console$/m);
});

test('the example of a dispatcher has no mistake, and every secret in it is a file', (t) => {
  const config = dispatchConfig.parse(parse(inCentral('dispatch.example.yaml')));
  t.is(deliveryIn(config, 'dispatch.example.yaml').rules.length, 1);
  const { ntfy, email, webhook } = config.ways;
  for (const one of [ntfy?.token, email?.password, webhook?.secret]) t.regex(one ?? '', /^\/etc\/fieldpost\/ways\//);
});

test('every unit of the centre gains no rights, writes nowhere it need not, and reaches no more of the machine than it needs', (t) => {
  const units = readdirSync(composeFolder).filter((name) => name.endsWith('.service'));
  t.true(units.includes('fieldpost-dispatch.service'));
  for (const unit of units) {
    const lines = inCentral(unit).split('\n');
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'RestrictNamespaces=yes',
      'SystemCallFilter=@system-service',
      'ProtectKernelModules=yes',
    ])
      t.true(lines.includes(line), `${unit}: ${line}`);
    t.true(lines.includes('PrivateDevices=yes') || lines.includes('DevicePolicy=closed'), unit);
    t.regex(inCentral(unit), /^CapabilityBoundingSet=(CAP_DAC_OVERRIDE)?$/m);
    t.notRegex(inCentral(unit), /PASSWORD|SECRET=/);
  }
});
