/**
 * Two network namespaces with a line between them that loses packets: nftables drops what arrives at either end at random.
 * Nothing in them can reach anything outside.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { findProgram } from './needs.ts';

export interface LossyLine {
  /** What a program is started with to be at either end; it keeps the mounts of this machine. */
  readonly here: readonly string[];
  readonly there: readonly string[];
  /** From now on this port of this machine is, at the near end, that of the far end: plain MQTT goes nowhere else. */
  forward(port: number): void;
  /** From now on this many of a hundred packets are lost in each direction. */
  lose(percent: number): void;
  /** Packets dropped so far. */
  dropped(): number;
  /** What the kernel says of both ends: counters, rules and connections, for the message of a test that failed. */
  describe(): string;
  /** Namespaces, line and rules are gone. What runs in them must have ended. */
  close(): void;
}

let made = 0;

function run(command: string, args: readonly string[], input?: string): string {
  const done = spawnSync(command, args, { encoding: 'utf8', input });
  if (done.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr.trim()}; there is no lossy line`,
    );
  return done.stdout;
}

/** Errors: what the machine lacks. */
export function openLossyLine(): LossyLine {
  made += 1;
  const names = ['a', 'b'].map((end) => `fp-${process.pid}-${made}${end}`) as [string, string];
  const [near, far] = names;
  // Not `ip netns exec`: that copies every mount, and a disk that is unmounted meanwhile stays busy in the copy.
  const within = (name: string): string[] => ['nsenter', `--net=/run/netns/${name}`];
  const inside = (name: string, command: string, args: readonly string[], input?: string): string =>
    run('nsenter', [`--net=/run/netns/${name}`, findProgram(command) ?? command, ...args], input);
  const close = (): void => {
    process.off('exit', close);
    // The line goes with its ends.
    for (const name of names) spawnSync('ip', ['netns', 'del', name]);
  };
  process.once('exit', close);
  const lose = (percent: number): void => {
    for (const name of names)
      inside(
        name,
        'nft',
        ['-f', '-'],
        `table ip fieldpost {}
delete table ip fieldpost
table ip fieldpost {
  counter lost {}
  chain arriving {
    type filter hook input priority 0;
    iifname "line" numgen random mod 100 < ${percent} counter name lost drop
  }
}
`,
      );
  };
  try {
    for (const name of names) run('ip', ['netns', 'add', name]);
    run('ip', ['link', 'add', 'line', 'netns', near, 'type', 'veth', 'peer', 'name', 'line', 'netns', far]);
    names.forEach((name, i) => {
      inside(name, 'ip', ['addr', 'add', `192.0.2.${i + 1}/24`, 'dev', 'line']);
      for (const device of ['lo', 'line']) inside(name, 'ip', ['link', 'set', device, 'up']);
    });
    lose(0);
  } catch (error) {
    close();
    throw error;
  }
  return {
    here: within(near),
    there: within(far),
    forward: (port) => {
      inside(near, 'sysctl', ['-q', '-w', 'net.ipv4.conf.line.route_localnet=1']);
      inside(
        near,
        'nft',
        ['-f', '-'],
        `table ip forward {
  chain out {
    type nat hook output priority -100;
    ip daddr 127.0.0.1 tcp dport ${port} dnat to 192.0.2.2
  }
  chain after {
    type nat hook postrouting priority 100;
    oifname "line" snat to 192.0.2.1
  }
}
`,
      );
    },
    lose,
    dropped: () =>
      names
        .map((name) => /packets (\d+)/.exec(inside(name, 'nft', ['list', 'counter', 'ip', 'fieldpost', 'lost'])))
        .reduce((sum, found) => sum + Number(found?.[1] ?? 0), 0),
    describe: () =>
      names
        .flatMap((name) =>
          [
            ['ip', '-s', 'addr'],
            ['ip', 'route'],
            ['ip', 'neigh'],
            ['nft', 'list', 'ruleset'],
            ['ss', '-tanpoi'],
          ].map(([command = '', ...args]) => {
            const { stdout, stderr } = spawnSync(
              'nsenter',
              [`--net=/run/netns/${name}`, findProgram(command) ?? command, ...args],
              {
                encoding: 'utf8',
              },
            );
            return `${name} ${command} ${args.join(' ')}\n${stdout}${stderr}`;
          }),
        )
        .join('\n'),
    close,
  };
}

/** What this machine lacks for it, or null: root, ip, nft, namespaces, numgen in its kernel. */
export function lacksForLoss(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  const missing = ['ip', 'nft', 'nsenter', 'setpriv'].filter((one) => findProgram(one) === null);
  if (missing.length > 0) return `no ${missing.join(', ')}`;
  try {
    const line = openLossyLine();
    try {
      line.forward(1883);
    } finally {
      line.close();
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
