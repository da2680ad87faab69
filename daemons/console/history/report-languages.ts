/** Apart from their words: shapes of the API know these, and the page takes its types from there. */
export const reportLanguages = ['en', 'ru', 'kk'] as const;
export type ReportLanguage = (typeof reportLanguages)[number];
