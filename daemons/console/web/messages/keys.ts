/** English is the list of what there is to say; the other files say the same. */
type English = typeof import('./en.json', { with: { 'resolution-mode': 'import' }});

export type MessageKey = Exclude<keyof English, 'default'>;

/** A sentence, or one for each plural category of CLDR that the language has: `{n}` chooses. */
export type Message = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
export type Messages = Readonly<Record<string, Message>>;
