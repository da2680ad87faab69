/** What a person chose on this phone; no alert is in it. */
import { type Theme, themes } from './state.ts';

const read = (name: string): string | null => {
  try {
    return localStorage.getItem(`fieldpost.patrol.${name}`);
  } catch {
    // Storage can be forbidden; then it is chosen anew at every start.
    return null;
  }
};
const write = (name: string, value: string): void => {
  try {
    localStorage.setItem(`fieldpost.patrol.${name}`, value);
  } catch {
    // As above.
  }
};

export const readTheme = (): Theme => themes.find((one) => one === read('theme')) ?? 'auto';
export const keepTheme = (theme: Theme): void => write('theme', theme);
export const readSound = (): boolean => read('sound') !== 'off';
export const keepSound = (isOn: boolean): void => write('sound', isOn ? 'on' : 'off');
export const readLocating = (): boolean => read('locating') === 'on';
export const keepLocating = (isOn: boolean): void => write('locating', isOn ? 'on' : 'off');

export const readWake = (): boolean => read('wake') === 'on';
export const keepWake = (isOn: boolean): void => write('wake', isOn ? 'on' : 'off');

/** `auto` leaves it to the phone. */
export function wearTheme(theme: Theme): void {
  if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}
