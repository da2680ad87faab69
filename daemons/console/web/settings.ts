export const themes = ['auto', 'light', 'night'] as const;
export type Theme = (typeof themes)[number];
export const languages = ['en', 'ru', 'kk'] as const;
export type Language = (typeof languages)[number];

const read = (name: string): string | null => {
  try {
    return localStorage.getItem(`fieldpost.${name}`);
  } catch {
    // Storage can be forbidden; the page then forgets at every load, and works.
    return null;
  }
};

const write = (name: string, value: string): void => {
  try {
    localStorage.setItem(`fieldpost.${name}`, value);
  } catch {
    // As above.
  }
};

export const operatorPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/;

export const readOperator = (): string | null => {
  const kept = read('operator');
  return kept !== null && operatorPattern.test(kept) ? kept : null;
};
export const keepOperator = (id: string): void => write('operator', id);

export const readLanguage = (): Language | null => languages.find((one) => one === read('language')) ?? null;
export const keepLanguage = (language: Language): void => write('language', language);

/** Findings that the reader put away: names of them, the newest last. */
const mostSeen = 200;
export const readSeenDoubts = (): ReadonlySet<string> => new Set(read('doubts')?.split('\n'));
export const keepSeenDoubts = (seen: ReadonlySet<string>): void =>
  write('doubts', [...seen].slice(-mostSeen).join('\n'));

export const readSound = (): boolean => read('sound') === 'on';
export const keepSound = (isOn: boolean): void => write('sound', isOn ? 'on' : 'off');

export const readTheme = (): Theme => themes.find((theme) => theme === read('theme')) ?? 'auto';
export const keepTheme = (theme: Theme): void => write('theme', theme);

/** `auto` leaves the choice to the system; the others are written on the root element, where the style sheet looks. */
export function wearTheme(theme: Theme): void {
  if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}
