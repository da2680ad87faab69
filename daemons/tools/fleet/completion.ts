/** Completion of verbs and options for shells, from the verbs as they are registered: nothing to keep in step by hand. */
import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Word {
  /** The verbs before it, joined by a space; '' at first. */
  readonly after: string;
  readonly word: string;
  readonly what: string;
}

function wordsOf(command: Command, after: string): readonly Word[] {
  const own = command.options
    .filter(({ hidden }) => !hidden)
    .flatMap(({ long, description }) => (long ? [{ after, word: long, what: description }] : []));
  return [
    ...own,
    ...command.commands.flatMap((one) => [
      { after, word: one.name(), what: one.description() },
      ...wordsOf(one, `${after} ${one.name()}`.trim()),
    ]),
  ];
}

/** A script for the shell to read: `source <(fieldpost completion bash)`. */
export function completionOf(program: Command, shell: Shell): string {
  const words = wordsOf(program, '');
  if (shell === 'fish') return fish(program.name(), words);
  const script = bash(program.name(), words);
  return shell === 'bash' ? script : `autoload -U +X bashcompinit && bashcompinit\n${script}`;
}

/** The verbs on the line that are known choose the list; files where it has none. */
function bash(name: string, words: readonly Word[]): string {
  const after = new Map<string, string[]>();
  for (const { after: before, word } of words) after.set(before, [...(after.get(before) ?? []), word]);
  const cases = [...after].map(([before, list]) => `    '${before}') echo '${list.join(' ')}' ;;`);
  return [
    `_${name}_words() {`,
    '  case "$1" in',
    ...cases,
    '  esac',
    '}',
    `_${name}() {`,
    '  local at="" next word i',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    `    word="\${COMP_WORDS[i]}"`,
    `    next="\${at:+$at }$word"`,
    `    case "$word" in -*) ;; *) [ -n "$(_${name}_words "$next")" ] && at="$next" ;; esac`,
    '  done',
    `  COMPREPLY=($(compgen -W "$(_${name}_words "$at")" -- "\${COMP_WORDS[COMP_CWORD]}"))`,
    '}',
    `complete -o default -F _${name} ${name}`,
  ].join('\n');
}

function fish(name: string, words: readonly Word[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return words
    .map(({ after, word, what }) => {
      const seen =
        after === ''
          ? ''
          : after
              .split(' ')
              .map((one) => `; and __fish_seen_subcommand_from ${one}`)
              .join('');
      const where = after === '' && !word.startsWith('-') ? '__fish_use_subcommand' : `true${seen}`;
      const flag = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c ${name} -n ${quoted(where)} ${flag} -d ${quoted(what)}`;
    })
    .join('\n');
}
