/** Keys of a terminal, one at a time, and the screen put back as it was however it ends. */
import process from 'node:process';

export type Key = 'enter' | 'up' | 'down' | 'backspace' | 'quit' | { readonly text: string };

const named: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'quit',
};

/** The keys in a chunk of input. Escape sequences that mean nothing here are passed over. */
export function keysIn(chunk: string): Key[] {
  const keys: Key[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
  for (const one of chunk.match(/\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu) ?? []) {
    const key = named[one];
    if (key) keys.push(key);
    else if (one >= ' ' && !one.startsWith('\u001b')) keys.push({ text: one });
  }
  return keys;
}

export interface Terminal {
  draw(lines: readonly string[]): void;
  readonly size: { readonly columns: number; readonly rows: number };
  close(): void;
}

/** Takes the terminal: alternate screen, no cursor, keys as they come. `onResize` also after a change of size. */
export function openTerminal(onKey: (key: Key) => void, onResize: () => void): Terminal {
  const { stdin, stdout } = process;
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  const take = (chunk: string): void => keysIn(chunk).forEach(onKey);
  stdin.on('data', take);
  stdout.on('resize', onResize);
  stdout.write('\u001b[?1049h\u001b[?25l');
  const restore = (): void => void stdout.write('\u001b[?25h\u001b[?1049l');
  process.once('exit', restore);
  return {
    // Each line is cleared to its end, so that nothing flickers and nothing of the picture before stays.
    draw: (lines) => void stdout.write(`\u001b[H${lines.map((one) => `${one}\u001b[K`).join('\r\n')}\u001b[J`),
    get size() {
      return { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
    },
    close: () => {
      stdin.off('data', take);
      stdout.off('resize', onResize);
      stdin.setRawMode?.(false);
      stdin.pause();
      process.off('exit', restore);
      restore();
    },
  };
}
