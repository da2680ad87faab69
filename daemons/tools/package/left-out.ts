/** What npm packages bring along that nothing here can reach: it is not bundled, so that no daemon holds or compiles it. */
import type { Plugin } from 'esbuild';

/** By the package, what stands for it. */
const standIns: Readonly<Record<string, string>> = {
  // Of mqtt, for browsers, whose timers stand still in a tab that nobody looks at.
  'worker-timers': 'module.exports = {};',
  // Of pdfkit: reports hold no pictures, and its package.json names no licence.
  'png-js': 'module.exports = class { constructor() { throw new Error("PNG pictures are not in the package") } };',
  // Of commander.
  'node:child_process': 'exports.spawn = () => { throw new Error("no verb is a file") };',
  // Of mqtt: brokers are spoken to by mqtts:// (core/config/broker-url.ts), and WebSockets and proxies are no setting of ours.
  ws: 'module.exports = class { constructor() { throw new Error("WebSockets are not in the package") } };',
  socks: 'exports.SocksClient = { createConnection: async () => { throw new Error("SOCKS is not in the package") } };',
};

/** Texts of zod in fifty languages; ours are English and name what would be right by themselves. */
const zodLocales = /\/zod\/v4\/locales\/index\.js$/;

export const leftOut: Plugin = {
  name: 'left-out',
  setup: ({ onLoad, onResolve }) => {
    const names = new RegExp(
      `^(${Object.keys(standIns)
        .filter((one) => !one.startsWith('node:'))
        .join('|')})$`,
    );
    onResolve({ filter: names }, ({ path: name }) => ({ path: name, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path: name }) => ({ contents: standIns[name] ?? '' }));
    // Commander starts programs of its own for verbs that are files: ours are none, and Node's module for it is large.
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'node:child_process', namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: zodLocales }, () => ({ contents: 'export {};' }));
  },
};
