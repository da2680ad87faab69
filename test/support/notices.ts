import type { Notice } from '../../daemons/core/ports/notifier.ts';

/** A notice of an alert as the dispatcher makes it; `news` changes what a test is about. */
export const noticeOf = (news: Partial<Notice> = {}): Notice => ({
  id: 'a-1/unit-1/0',
  about: 'alert',
  unit: 'unit-1',
  to: 'unit-1-topic',
  language: 'en',
  severity: 'critical',
  title: 'Ammonia vapour, critical',
  text: 'Site north, post-7.\nSince 09:12.',
  link: 'https://centre.example/patrol/#a-1',
  drill: false,
  simulated: false,
  alerts: ['a-1'],
  ...news,
});
