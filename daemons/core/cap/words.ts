/** What a CAP message says to people, in the languages of those who receive it. Pure. */
import type { Alert } from '../values/alert.ts';

export const capLanguages = ['en', 'ru', 'kk'] as const;
export type CapLanguage = (typeof capLanguages)[number];

interface Words {
  readonly exercise: string;
  readonly test: string;
  readonly kinds: Readonly<Record<string, string>>;
  readonly severity: Readonly<Record<Alert['severity'], string>>;
  readonly certainty: Readonly<Record<Alert['certainty'], string>>;
  readonly condition: Readonly<Record<Alert['condition'], string>>;
  readonly site: string;
  readonly lead: string;
  readonly care: string;
  readonly over: string;
}

const words: Readonly<Record<CapLanguage, Words>> = {
  en: {
    ...{ exercise: 'EXERCISE', test: 'TEST, SIMULATED', site: 'site' },
    kinds: {
      ...{ vapour: 'Target vapour', ammonia: 'Ammonia', 'crop-plot': 'Possible cultivated plot' },
      ...{ 'vapour.ammonia': 'Ammonia vapour', 'vapour.acetone': 'Acetone vapour', 'vapour.toluene': 'Toluene vapour' },
      ...{ 'vapour.acid': 'Acid gas', 'vapour.ethanol': 'Ethanol vapour', 'air-quality.co': 'Carbon monoxide' },
    },
    severity: { critical: 'critical', warning: 'warning', info: 'information' },
    certainty: { indication: 'one indication', corroborated: 'corroborated' },
    condition: { raised: 'going on', held: 'going on', cleared: 'over at the instrument' },
    lead: 'A lead for a person, not a verdict.',
    care: 'Come from upwind and carry a personal instrument. Not a life-safety device.',
    over: 'Withdrawn: it is no longer to be acted on.',
  },
  ru: {
    ...{ exercise: 'УЧЕНИЕ', test: 'ПРОВЕРКА, ИМИТАЦИЯ', site: 'площадка' },
    kinds: {
      ...{ vapour: 'Искомые пары', ammonia: 'Аммиак', 'crop-plot': 'Возможный посев' },
      ...{ 'vapour.ammonia': 'Пары аммиака', 'vapour.acetone': 'Пары ацетона', 'vapour.toluene': 'Пары толуола' },
      ...{ 'vapour.acid': 'Кислый газ', 'vapour.ethanol': 'Пары этанола', 'air-quality.co': 'Угарный газ' },
    },
    severity: { critical: 'критическая', warning: 'предупреждение', info: 'сведения' },
    certainty: { indication: 'один признак', corroborated: 'подтверждена' },
    condition: { raised: 'продолжается', held: 'продолжается', cleared: 'на приборе прекратилось' },
    lead: 'Это повод для проверки человеком, а не вывод.',
    care: 'Подходите с наветренной стороны, с личным прибором. Это не средство защиты жизни.',
    over: 'Отозвано: действовать по этому сообщению больше не нужно.',
  },
  kk: {
    ...{ exercise: 'ЖАТТЫҒУ', test: 'СЫНАУ, ИМИТАЦИЯ', site: 'алаң' },
    kinds: {
      ...{ vapour: 'Ізделетін бу', ammonia: 'Аммиак', 'crop-plot': 'Ықтимал егіс' },
      ...{ 'vapour.ammonia': 'Аммиак буы', 'vapour.acetone': 'Ацетон буы', 'vapour.toluene': 'Толуол буы' },
      ...{ 'vapour.acid': 'Қышқыл газ', 'vapour.ethanol': 'Этанол буы', 'air-quality.co': 'Иіс газы' },
    },
    severity: { critical: 'аса қауіпті', warning: 'ескерту', info: 'мәлімет' },
    certainty: { indication: 'бір белгі', corroborated: 'расталған' },
    condition: { raised: 'жалғасуда', held: 'жалғасуда', cleared: 'аспапта аяқталды' },
    lead: 'Бұл — адам тексеретін белгі, үкім емес.',
    care: 'Жел жақтан келіңіз, жеке аспап алып жүріңіз. Бұл өмірді қорғау құралы емес.',
    over: 'Қайтарып алынды: бұл хабар бойынша енді әрекет етілмейді.',
  },
};

export interface CapTexts {
  readonly event: string;
  readonly headline: string;
  readonly description: string;
  readonly instruction: string;
  readonly areaDesc: string;
}

export interface CapAbout {
  readonly alert: Alert;
  readonly site: string;
  readonly status: 'Actual' | 'Exercise' | 'Test';
  readonly isCancel: boolean;
}

/** Whatever is not real says so before all else, in each language. */
export function capTexts(language: CapLanguage, { alert, site, status, isCancel }: CapAbout): CapTexts {
  const of = words[language];
  const mark = status === 'Actual' ? '' : `${status === 'Exercise' ? of.exercise : of.test}: `;
  const kind = of.kinds[alert.kind.replace(/^drill\./, '')] ?? alert.kind;
  const state = `${of.severity[alert.severity]}, ${of.certainty[alert.certainty]}, ${of.condition[alert.condition]}`;
  return {
    event: `${mark}${kind}`,
    headline: `${mark}${kind}, ${of.site} ${site}`,
    description: `${mark}${isCancel ? `${of.over} ` : ''}${kind}: ${state}. ${of.lead}`,
    instruction: isCancel ? of.over : of.care,
    areaDesc: `${of.site} ${site}`,
  };
}

export const exerciseNote = 'Exercise: nothing of this happened.';
