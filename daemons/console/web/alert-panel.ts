import { block, fact, when, where, why } from './alert-facts.ts';
import { acknowledgementBox, conditionTag, severityMark, simulatedTag, tag } from './alert-parts.ts';
import { ask } from './ask.ts';
import { type AlertRecord, deviceKey, isSimulated } from './board.ts';
import { deliveryBlock } from './delivery-block.ts';
import { isDrill } from './desk.ts';
import { deskBlock } from './desk-block.ts';
import { el, setText } from './dom.ts';
import { isDoubted } from './doubt.ts';
import { doubtBlock, doubtTag } from './doubt-block.ts';
import type { Calibrated } from './evidence.ts';
import { flightBlock } from './flight-block.ts';
import { formatAge } from './format.ts';
import { type Actions, chosenIn, type Model, may, type View } from './model.ts';
import { isSilent } from './order.ts';
import { pastBlock } from './past-block.ts';
import { plotBlock } from './plot-block.ts';
import { plumeBlock } from './plume-block.ts';
import { alertSight } from './sight.ts';
import { say, word } from './text.ts';
import { verifyBlock } from './verify-block.ts';

export function alertPanel(actions: Actions): View {
  const age = el('span', { class: 'row-age' });
  const heading = el('h2', { attrs: { id: 'panel-title', tabindex: -1 } });
  const mark = el('span', { class: 'row-mark' });
  const close = el(
    'button',
    { class: 'button', attrs: { type: 'button' }, on: { click: () => actions.select(null) } },
    say('panel.close'),
  );
  const head = el('header', { class: 'panel-head' }, mark, heading, age, close);
  const body = el('div', { class: 'panel-body' });
  const node = el('aside', { class: 'panel', attrs: { 'aria-labelledby': 'panel-title' } }, head, body);
  let parts: Parts | null = null;

  return {
    node,
    update: (model) => {
      const record = chosenIn(model);
      node.hidden = !record;
      if (!record) return;
      if (parts?.id !== record.alert.id) {
        parts = panelParts(record.alert.id, actions);
        body.replaceChildren(...parts.nodes);
        body.scrollTop = 0;
        parts.look();
      }
      mark.replaceChildren(severityMark(record));
      setText(heading, word('kind', record.alert.kind));
      setText(age, formatAge(model.nowMs - record.raisedMs));
      parts.update(record, model);
    },
    tick: (model) => {
      const record = chosenIn(model);
      if (record) {
        setText(age, formatAge(model.nowMs - record.raisedMs));
        parts?.look();
      }
    },
  };
}

interface Parts {
  readonly id: string;
  readonly nodes: readonly HTMLElement[];
  update(record: AlertRecord, model: Model): void;
  /** Looks after what comes from elsewhere than the stream. */
  look(): void;
}

/** The panel of one alert: its blocks stay while revisions fill them anew, and only where something differs. */
function panelParts(id: string, actions: Actions): Parts {
  const box = acknowledgementBox(id, actions);
  const top = el('div', { class: 'block block-first' });
  const condition = el('dd');
  const ackState = el('p', { class: 'ack-none' }, say('ack.none'));
  const ackNote = el('p', { class: 'note' }, say('ack.notClear'));
  const state = block(
    say('panel.state'),
    el(
      'dl',
      { class: 'facts' },
      el('dt', {}, say('panel.condition')),
      condition,
      ...fact(say('panel.acknowledged'), ackState, box.node),
    ),
    ackNote,
  );
  const [doubtBox, plumeBox, whyBox] = [el('div'), el('div'), el('div')];
  const past = pastBlock();
  const verify = verifyBlock(id, actions);
  const [whereBox, whenBox] = [el('div'), el('div')];
  const desk = deskBlock(id, actions);
  const delivery = deliveryBlock();
  const sight = alertSight(id);
  const plotBox = el('div');
  const flight = flightBlock(id, actions);
  const revision = el('p', { class: 'note' });
  let shown: readonly unknown[] = [];
  let hasFlights = false;

  let asked = '';
  let calibrated: readonly Calibrated[] = [];

  const readCalibrations = async (record: AlertRecord): Promise<void> => {
    asked = record.device;
    const url = `/api/devices/${encodeURIComponent(record.device)}/calibrations`;
    const answer = await ask<{ readonly calibrations: readonly Calibrated[] }>('GET', url);
    if (!answer.ok || answer.body.calibrations.length === 0) return;
    calibrated = answer.body.calibrations;
    whyBox.replaceChildren(why((shown[0] as AlertRecord | undefined) ?? record, calibrated));
  };

  const update = (record: AlertRecord, model: Model): void => {
    const { alert } = record;
    box.update(record, model);
    desk.update(record, model);
    delivery.update(record);
    verify.update(model);
    hasFlights = may(model, 'alerts.read');
    ackState.hidden = record.acknowledged !== null;
    ackNote.hidden = record.acknowledged !== null;
    const now = [record, isSilent(record, model.nowMs), isSimulated(model.board, record)];
    if (now.every((one, i) => one === shown[i])) return;
    const before = (shown[0] as AlertRecord | undefined)?.alert.where;
    const isMoved = shown.length === 0 || JSON.stringify(before) !== JSON.stringify(alert.where);
    shown = now;
    condition.replaceChildren(conditionTag(record, model.nowMs));
    top.replaceChildren(...summary(record, model, actions));
    doubtBox.replaceChildren(...[doubtBlock(record)].filter((one) => one !== null));
    whyBox.replaceChildren(why(record, calibrated));
    if (asked !== record.device) void readCalibrations(record);
    plumeBox.replaceChildren(...plumeBlock(record, model));
    whenBox.replaceChildren(when(record));
    sight.update(record);
    past.update(record);
    plotBox.replaceChildren(...[plotBlock(record)].filter((one) => one !== null));
    if (isMoved) whereBox.replaceChildren(where(record, actions));
    setText(revision, say('panel.revision', { id, rev: alert.rev }));
  };
  return {
    id,
    nodes: [
      ...[
        top,
        doubtBox,
        state,
        desk.node,
        delivery.node,
        plotBox,
        plumeBox,
        flight.node,
        whyBox,
        past.node,
        sight.node,
        whereBox,
        whenBox,
      ],
      ...[verify.node, revision],
    ],
    update,
    look: () => {
      if (hasFlights) flight.look();
    },
  };
}

function summary(record: AlertRecord, model: Model, actions: Actions): HTMLElement[] {
  const { alert } = record;
  const open = (): void => actions.openDevice(deviceKey(record));
  // The centre itself is no box.
  const isBox = record.device !== 'centre' && may(model, 'devices.read');
  return [
    el(
      'p',
      { class: 'row-tags' },
      tag(`tag-${alert.severity}`, say(`severity.${alert.severity}`)),
      tag('tag-plain', say(`certainty.${alert.certainty}`)),
      tag('tag-plain', say(`family.${alert.family}`)),
      isDoubted(record) && doubtTag(),
      isDrill(record) && tag('tag-drill', say('drill.tag')),
      isSimulated(model.board, record) && simulatedTag(),
    ),
    el(
      'p',
      { class: 'panel-device' },
      isBox
        ? el('button', { class: 'link-button', attrs: { type: 'button' }, on: { click: open } }, record.device)
        : el('b', {}, record.device),
      ` ${record.site}`,
    ),
  ];
}
