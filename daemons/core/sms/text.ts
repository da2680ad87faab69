import type { Notice } from '../ports/notifier.ts';

/** A notice as one short message: what it says first is what a phone shows on its locked screen. No place is in it. */
export const smsText = ({ title, text, link }: Pick<Notice, 'title' | 'text' | 'link'>): string =>
  [title, text, ...(link ? [link] : [])].join('\n');
