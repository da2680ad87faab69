/** What a phone shows that was woken. On a locked screen no kind and no place: whoever finds the phone reads it. Pure. */
import { shakes } from './sound.ts';

const severities = ['critical', 'warning', 'info'] as const;
type Severity = (typeof severities)[number];
const languages = ['en', 'ru', 'kk'] as const;
export type WakeLanguage = (typeof languages)[number];

export interface Woken {
  readonly about: 'alert' | 'group' | 'ended';
  readonly severity: Severity;
  readonly language: WakeLanguage;
  readonly alert: string | null;
  readonly tag: string;
  readonly drill: boolean;
  readonly simulated: boolean;
}

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | null =>
  all.find((one) => one === value) ?? null;

/** What came may be of a later version, or garbage: a browser that is woken must show something, and this one errs towards a call. */
export function wokenIn(text: string | null): Woken {
  let said: Readonly<Record<string, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed === 'object' && parsed !== null) said = parsed as Readonly<Record<string, unknown>>;
  } catch {
    // As if nothing was said.
  }
  const { alert, tag } = said;
  return {
    about: oneOf(['alert', 'group', 'ended'] as const, said.about) ?? 'alert',
    severity: oneOf(severities, said.severity) ?? 'warning',
    language: oneOf(languages, said.language) ?? 'en',
    alert: typeof alert === 'string' && alert.length <= 128 ? alert : null,
    tag: typeof tag === 'string' && tag.length <= 32 ? tag : 'alert',
    drill: said.drill === true,
    simulated: said.simulated === true,
  };
}

/** Words of one language by their keys. */
export type WakeWords = Readonly<Record<string, string>>;

export function notificationOf(woken: Woken, words: WakeWords): readonly [title: string, options: NotificationOptions] {
  const { about, severity, drill, simulated, tag, alert } = woken;
  const mark = drill ? words['patrol.woken.drill'] : simulated ? words['patrol.woken.simulated'] : undefined;
  const isOver = about === 'ended';
  const body = isOver
    ? words['patrol.woken.ended']
    : `${words[`patrol.woken.${severity}`]}: ${words[about === 'group' ? 'patrol.woken.calls' : 'patrol.woken.call']}`;
  const loud = { renotify: true, vibrate: shakes[severity], requireInteraction: severity === 'critical' };
  return [
    'Fieldpost',
    {
      ...{ body: mark === undefined ? (body ?? '') : `${mark}: ${body}`, tag, icon: '/patrol/icon-192.png' },
      data: { alert: isOver ? null : alert },
      ...((isOver ? { silent: true } : loud) as object),
    },
  ];
}
