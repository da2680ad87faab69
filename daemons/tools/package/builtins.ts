/**
 * Node's own modules in a bundle. esbuild gives each file that imports one a copy of it with a getter for every name (interop between
 * CommonJS and ES modules): half a megabyte of getters in a daemon, made at each start. Here one module stands for each, of which only
 * the names that are used stay.
 */
import { createRequire, isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);
const identifier = /^[A-Za-z_$][\w$]*$/;
const take = 'const take = (from, name) => from[name];';

/** The text of such a module. What a name stands for is read once: Node's own modules do not change it while a program runs. */
const standsFor = (name: string): string => {
  const names = Object.keys(require(name) as object).filter((one) => identifier.test(one) && one !== 'default');
  const said = names.map((one, n) => `const v${n} = /* @__PURE__ */ take(all, '${one}');`);
  const given = names.map((one, n) => `v${n} as ${one}`);
  return `${take}\nconst all = require('${name}');\n${said.join('\n')}\nexport { all as default, ${given.join(', ')} };`;
};

export const builtins: Plugin = {
  name: 'builtins',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^node:/ }, ({ path: name, kind }) =>
      kind === 'import-statement' && isBuiltin(name)
        ? { path: name, namespace: 'builtin', sideEffects: false }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({ contents: standsFor(name), loader: 'js' }));
  },
};
