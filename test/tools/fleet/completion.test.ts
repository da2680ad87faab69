import { execFileSync } from 'node:child_process';
import test from 'ava';
import { Command } from 'commander';
import { completionOf } from '../../../daemons/tools/fleet/completion.ts';
import { addBoxes } from '../../../daemons/tools/verbs/boxes.ts';

const program = new Command('fieldpost');
addBoxes(program);

/** What bash offers for these words, the last of them begun. */
const offered = (...words: readonly string[]): readonly string[] =>
  execFileSync('bash', [
    '-c',
    `${completionOf(program, 'bash')}
     COMP_WORDS=(fieldpost ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
     _fieldpost; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ])
    .toString()
    .trim()
    .split('\n');

test('bash is offered verbs, the verbs under them, and their options, past values of options', (t) => {
  t.deepEqual(offered('fle'), ['fleet']);
  t.deepEqual(offered('fleet', 'rollout', 's').toSorted(), ['show', 'start', 'stop']);
  t.deepEqual(offered('fleet', 'apply', 'DIR', '--folder', 'F', '--dry'), ['--dry-run']);
  t.deepEqual(offered('fleet', 'rollout', 'start', 'DIR', '--per'), ['--percent', '--per-minute']);
});

test('every verb stands in the script of each shell', (t) => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completionOf(program, shell);
    for (const word of ['apply', 'rollout', 'pause', 'completion', 'dry-run']) t.true(script.includes(word), word);
  }
});
