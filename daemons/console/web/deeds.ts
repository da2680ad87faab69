/** What a person does with an alert, from the press to what the centre made of it. */
import { sendAcknowledgement } from './acknowledge.ts';
import type { AlertRecord } from './board.ts';
import { applyNews } from './board.ts';
import { deskOf, sendDeed, undoOf } from './desk.ts';
import { askFor } from './dialog.ts';
import { type Actions, chosenIn, type Model } from './model.ts';
import type { Store } from './store.ts';
import { say, word } from './text.ts';
import { toast } from './toast.ts';

type Deeds = Pick<Actions, 'acknowledge' | 'act' | 'ask'>;

export function openDeeds(store: Store, operator: () => Promise<string | null>): Deeds {
  const { change } = store;
  const recordOf = (id: string): AlertRecord | undefined =>
    store.model.board.alerts.get(id) ?? (store.model.opened?.alert.id === id ? store.model.opened : undefined);
  const marked = (field: 'sending' | 'acting', id: string, what: string | null | undefined): Partial<Model> => {
    const next = new Map(store.model[field]);
    if (what === undefined) next.delete(id);
    else next.set(id, what);
    return { [field]: next };
  };
  const take = (record: AlertRecord): Partial<Model> => {
    const { board, opened } = store.model;
    if (!board.alerts.has(record.alert.id)) return opened?.alert.id === record.alert.id ? { opened: record } : {};
    return { board: { ...applyNews(board, { alerts: [record], devices: [] }, false), arriving: board.arriving } };
  };

  const acknowledge = async (id: string): Promise<void> => {
    const by = await operator();
    if (by === null) return;
    change(marked('sending', id, null));
    const answer = await sendAcknowledgement(id, store.model.me?.mode === 'login' ? null : by);
    const record = recordOf(id);
    // The stream may have told of it meanwhile: then it is settled, whatever became of this connection.
    if (record?.acknowledged) return change(marked('sending', id, undefined));
    if (typeof answer === 'string') return change(marked('sending', id, answer));
    return change({
      ...marked('sending', id, undefined),
      ...(record && take({ ...record, acknowledged: answer })),
    });
  };

  const act = async (id: string, deed: Parameters<Actions['act']>[1]): Promise<string | null> => {
    const by = await operator();
    const record = recordOf(id);
    if (by === null || !record) return say('deed.nobody');
    change(marked('acting', id, null));
    const sent = await sendDeed(record, deed, store.model.me?.mode === 'login' ? null : by);
    if ('why' in sent) {
      change(marked('acting', id, sent.why));
      return sent.why;
    }
    const now = recordOf(id);
    const { answer } = sent;
    change({
      ...marked('acting', id, undefined),
      ...(now &&
        answer?.desk &&
        take({ ...now, desk: answer.desk, acknowledged: answer.acknowledged ?? now.acknowledged })),
    });
    const undo = undoOf(deed, deskOf(record));
    toast(
      `${word('act', deed.what)}: ${word('kind', record.alert.kind)}, ${record.device}`,
      undo ? () => void act(id, undo) : undefined,
    );
    return null;
  };

  return {
    acknowledge: (id) => void acknowledge(id),
    act: (id, deed) => void act(id, deed),
    ask: (id, title, fields, deedOf) => {
      const record = chosenIn(store.model);
      void askFor({
        title,
        ...(record && { explain: `${word('kind', record.alert.kind)} · ${record.device} ${record.site}` }),
        fields,
        does: title,
        send: async (said) => {
          const why = await act(id, deedOf(said));
          // It is told in the dialog: beside the alert as well it would be there twice.
          if (why !== null) change(marked('acting', id, undefined));
          return why === null ? null : say('ack.failed', { reason: why });
        },
      });
    },
  };
}
