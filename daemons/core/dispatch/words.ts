/** Words of messages to units. Kinds as the console names them; one that is not here is said by its code. */
import type { Language } from '../ports/notifier.ts';
import type { Alert } from '../values/alert.ts';

export interface Words {
  readonly drill: string;
  readonly simulated: string;
  readonly severities: Readonly<Record<Alert['severity'], string>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly alerts: (n: number) => string;
  readonly ago: (ms: number) => string;
  /** Before an age: of the oldest of several. */
  readonly oldest: string;
  readonly ended: string;
  readonly cleared: string;
  readonly closed: string;
  /** Of one that had cleared before the unit was told at all. */
  readonly clearedSince: string;
}

/** The largest unit that is not 0, as people say an age aloud. */
const age = (
  ms: number,
  [now, min, h, days]: readonly [string, string, string, string],
  before: (n: string) => string,
) => {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return now;
  if (minutes < 60) return before(`${minutes} ${min}`);
  if (minutes < 2880) return before(`${Math.floor(minutes / 60)} ${h}`);
  return before(`${Math.floor(minutes / 1440)} ${days}`);
};

const russian = new Intl.PluralRules('ru');
const russianAlerts: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> = { one: 'тревога', few: 'тревоги' };

const all: Readonly<Record<Language, Words>> = {
  en: {
    drill: 'EXERCISE',
    simulated: 'SIMULATED',
    severities: { critical: 'Critical', warning: 'Warning', info: 'Info' },
    kinds: {
      vapour: 'Target vapour',
      'crop-plot': 'Possible cultivated plot',
      'box-silent': 'Box silent',
      'site-silent': 'Many boxes silent at once',
      'centre-offline': 'The centre hears no broker',
      'patrol.help': 'Patrol calls for help',
      ammonia: 'Ammonia',
      'vapour.ammonia': 'Ammonia vapour',
      'vapour.acetone': 'Acetone vapour',
      'vapour.toluene': 'Toluene vapour',
      'vapour.acid': 'Acid gas',
      'vapour.ethanol': 'Ethanol vapour',
      'air-quality.co': 'Carbon monoxide',
      exercise: 'Exercise alert',
    },
    alerts: (n) => (n === 1 ? '1 alert' : `${n} alerts`),
    ago: (ms) => age(ms, ['now', 'min', 'h', 'days'], (n) => `${n} ago`),
    oldest: 'The oldest:',
    ended: 'Over',
    cleared: 'It has cleared. Nothing to hurry for; whoever is there may finish.',
    closed: 'The centre closed it.',
    clearedSince: 'It has cleared since; nobody acknowledged it.',
  },
  ru: {
    drill: 'УЧЕНИЕ',
    simulated: 'ИМИТАЦИЯ',
    severities: { critical: 'Критическая', warning: 'Предупреждение', info: 'Сведения' },
    kinds: {
      vapour: 'Искомые пары',
      'crop-plot': 'Возможный посев',
      'box-silent': 'Прибор молчит',
      'site-silent': 'Замолчали сразу многие приборы',
      'centre-offline': 'Центр не слышит брокера',
      'patrol.help': 'Патруль просит помощи',
      ammonia: 'Аммиак',
      'vapour.ammonia': 'Пары аммиака',
      'vapour.acetone': 'Пары ацетона',
      'vapour.toluene': 'Пары толуола',
      'vapour.acid': 'Кислый газ',
      'vapour.ethanol': 'Пары этанола',
      'air-quality.co': 'Угарный газ',
      exercise: 'Учебная тревога',
    },
    alerts: (n) => `${n} ${russianAlerts[russian.select(n)] ?? 'тревог'}`,
    ago: (ms) => age(ms, ['сейчас', 'мин', 'ч', 'сут'], (n) => `${n} назад`),
    oldest: 'Самая ранняя:',
    ended: 'Окончено',
    cleared: 'Условие прошло. Спешить незачем; кто на месте, может закончить.',
    closed: 'Центр закрыл её.',
    clearedSince: 'С тех пор прошло; никто не квитировал.',
  },
  kk: {
    drill: 'ЖАТТЫҒУ',
    simulated: 'ИМИТАЦИЯ',
    severities: { critical: 'Аса қауіпті', warning: 'Ескерту', info: 'Мәлімет' },
    kinds: {
      vapour: 'Ізделетін бу',
      'crop-plot': 'Ықтимал егіс',
      'box-silent': 'Құрылғы үнсіз',
      'site-silent': 'Көп құрылғы бірден үнсіз қалды',
      'centre-offline': 'Орталық брокерді естімейді',
      'patrol.help': 'Патруль көмек сұрайды',
      ammonia: 'Аммиак',
      'vapour.ammonia': 'Аммиак буы',
      'vapour.acetone': 'Ацетон буы',
      'vapour.toluene': 'Толуол буы',
      'vapour.acid': 'Қышқыл газ',
      'vapour.ethanol': 'Этанол буы',
      'air-quality.co': 'Иіс газы',
      exercise: 'Жаттығу дабылы',
    },
    alerts: (n) => `${n} дабыл`,
    ago: (ms) => age(ms, ['қазір', 'мин', 'сағ', 'тәул'], (n) => `${n} бұрын`),
    oldest: 'Ең ертесі:',
    ended: 'Аяқталды',
    cleared: 'Жағдай өтті. Асығудың қажеті жоқ; сол жердегілер аяқтай алады.',
    closed: 'Орталық оны жапты.',
    clearedSince: 'Содан бері өтті; ешкім қабылдамады.',
  },
};

export const wordsIn = (language: Language): Words => all[language];
