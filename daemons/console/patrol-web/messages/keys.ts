/** English is the list of what the patrol page says beside the words that it shares with the console. */
type English = typeof import('./en.json', { with: { 'resolution-mode': 'import' }});

export type PatrolKey = Exclude<keyof English, 'default'>;
