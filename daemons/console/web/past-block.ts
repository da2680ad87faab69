/** What came of alerts like this one: always with how many that rests on, for a share alone says more than is known. */
import { block } from './alert-facts.ts';
import { ask } from './ask.ts';
import type { AlertRecord } from './board.ts';
import { el } from './dom.ts';
import { say } from './text.ts';

/** As `GET /api/precision` answers. */
interface Precision {
  /** Alerts that somebody went after and could say of whether there was something. */
  readonly n: number;
  readonly found: number;
  /** Null where too few were looked at. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PastBlock {
  readonly node: HTMLElement;
  update(record: AlertRecord): void;
}

const percent = (share: number | null): number => Math.round(100 * (share ?? 0));

export function pastBlock(): PastBlock {
  const text = el('p');
  const node = block(say('past.title'), text, el('p', { class: 'note' }, say('past.explain')));
  node.hidden = true;
  let asked = '';

  const read = async ({ alert, site }: AlertRecord): Promise<void> => {
    const answer = await ask<Precision>('GET', `/api/precision?${new URLSearchParams({ kind: alert.kind, site })}`);
    node.hidden = !answer.ok;
    if (!answer.ok) return;
    const { n, found, share, low, high } = answer.body;
    text.textContent =
      share === null
        ? say('past.few', { n, found })
        : say('past.share', { n, found, percent: percent(share), low: percent(low), high: percent(high) });
  };
  return {
    node,
    update: (record) => {
      const about = `${record.alert.kind} ${record.site}`;
      if (about !== asked) void read(record);
      asked = about;
    },
  };
}
