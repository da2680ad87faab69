/** The page of one box, beside the map: everything that the centre knows of it. */
import type { DeviceAnswer } from '../devices/shapes.ts';
import { simulatedTag, tag } from './alert-parts.ts';
import { ask } from './ask.ts';
import type { DeviceRecord } from './board.ts';
import { deviceAlerts } from './device-alerts.ts';
import { chartBlock } from './device-chart.ts';
import { dueTable } from './device-due.ts';
import { healthBlock } from './device-health.ts';
import { logsBlock } from './device-logs.ts';
import { deviceUrl, factRow, note, seenWords, tableOf, titled } from './device-parts.ts';
import { rolloutBlock, twinBlock } from './device-twin.ts';
import { el, setText } from './dom.ts';
import { formatMoment, formatPosition } from './format.ts';
import type { Actions, Model, View } from './model.ts';
import { say } from './text.ts';

/** What comes by other ways than the stream is asked for again so often, in ms. */
const againMs = 30_000;

export function devicePanel(actions: Actions): View {
  const heading = el('h2', { attrs: { id: 'device-title', tabindex: -1 } });
  const age = el('span', { class: 'row-age' });
  const close = el(
    'button',
    { class: 'button', attrs: { type: 'button' }, on: { click: () => actions.openDevice(null) } },
    say('panel.close'),
  );
  const head = el('header', { class: 'panel-head' }, heading, age, close);
  const body = el('div', { class: 'panel-body' });
  const panel = el('aside', { class: 'panel panel-box', attrs: { 'aria-labelledby': 'device-title' } }, head, body);
  // There only while it is open: a page has one panel.
  const node = el('div', { class: 'panel-place' });
  let parts: Parts | null = null;

  return {
    node,
    update: (model) => {
      const key = model.selected === null ? model.device : null;
      if (parts && parts.key !== key) {
        parts.close();
        parts = null;
      }
      if (key === null) return panel.remove();
      if (!parts) {
        parts = panelParts(key, actions, model.nowMs);
        node.replaceChildren(panel);
        body.replaceChildren(...parts.nodes);
        body.scrollTop = 0;
        setText(heading, parts.device);
        // Whoever opened it by keys reads on here; whoever goes through the list stays there.
        if (model.focus === 'panel') requestAnimationFrame(() => heading.focus({ preventScroll: true }));
      }
      const record = model.board.devices.get(key);
      setText(age, record ? seenWords(record, model.nowMs) : '');
      parts.update(model, record);
    },
    tick: (model) => {
      if (!parts) return;
      const record = model.board.devices.get(parts.key);
      if (record) setText(age, seenWords(record, model.nowMs));
      parts.update(model, record);
    },
  };
}

interface Parts {
  readonly key: string;
  readonly device: string;
  readonly nodes: readonly HTMLElement[];
  update(model: Model, record: DeviceRecord | undefined): void;
  close(): void;
}

function panelParts(key: string, actions: Actions, firstMs: number): Parts {
  const [site = '', device = ''] = key.split('/');
  let nowMs = firstMs;
  const state = el('p', { class: 'hint', attrs: { role: 'status' } }, say('list.waiting'));
  const [top, healthBox, twinBox] = [el('div'), el('div'), el('div')];
  const [rolloutBox, dueBox, bornBox] = [el('div'), el('div'), el('div')];
  const chart = chartBlock(device, () => nowMs);
  const logs = logsBlock(device, actions);
  const alerts = deviceAlerts({ site, device }, actions);
  const rest = el('div', {}, healthBox, chart.node, dueBox, twinBox, rolloutBox, logs.node, bornBox);
  rest.hidden = true;
  let askedMs = Number.NEGATIVE_INFINITY;
  let seen: DeviceRecord | undefined;
  let shown = '';
  let isClosed = false;

  const fill = (answer: DeviceAnswer, model: Model): void => {
    rest.hidden = false;
    state.hidden = true;
    chart.update(answer);
    logs.update(answer, model);
    const now = JSON.stringify(answer);
    if (now === shown) return;
    shown = now;
    top.replaceChildren(stateBlock(answer, actions));
    healthBox.replaceChildren(healthBlock(answer, nowMs));
    twinBox.replaceChildren(twinBlock(answer));
    rolloutBox.replaceChildren(...[rolloutBlock(answer)].filter((one) => one !== null));
    const due = answer.calibrations.map((one) => ({ ...one, site, device }));
    dueBox.replaceChildren(titled(say('due.one'), due.length > 0 ? dueTable(due, nowMs, null) : note(say('due.none'))));
    bornBox.replaceChildren(bornBlock(answer));
  };
  const look = async (model: Model): Promise<void> => {
    askedMs = performance.now();
    const answer = await ask<DeviceAnswer>('GET', deviceUrl(device, `?site=${encodeURIComponent(site)}`));
    if (isClosed) return;
    if (answer.ok) return fill(answer.body, model);
    state.hidden = false;
    setText(state, answer.status === 404 ? say('device.absent') : say('sight.failed', { reason: answer.why }));
  };
  return {
    key,
    device,
    nodes: [top, state, alerts.node, rest],
    update: (model, record) => {
      nowMs = model.nowMs;
      alerts.update(model);
      const isNews = record?.status !== seen?.status || record?.birth !== seen?.birth;
      seen = record;
      if (isNews || performance.now() - askedMs > againMs) void look(model);
    },
    close: () => {
      isClosed = true;
      logs.close();
    },
  };
}

const statusSign = { offline: '○ ', unknown: '? ', online: '● ' } as const;

function stateBlock(answer: DeviceAnswer, actions: Actions): HTMLElement {
  const { site, status, known, where, lastSeenMs, birth, channels, simulated, health } = answer;
  const never = known && birth.atMs === null && birth.boot === null && channels.length === 0 && health === null;
  return el(
    'div',
    { class: 'block block-first' },
    el(
      'p',
      { class: 'row-tags' },
      tag(`tag-${status}`, statusSign[status], say(`device.${status}`)),
      simulated && simulatedTag(),
    ),
    !known && el('p', { class: 'ack-failed' }, say('device.gone')),
    never && note(say('device.never')),
    el(
      'dl',
      { class: 'facts' },
      ...factRow(say('device.site'), site),
      ...factRow(
        say('panel.position'),
        where ? formatPosition(where.lat, where.lon) : say('device.noPosition'),
        where &&
          el(
            'button',
            {
              class: 'link-button',
              attrs: { type: 'button' },
              on: { click: () => actions.showOnMap({ ...where, ceM: 500 }) },
            },
            say('panel.showOnMap'),
          ),
      ),
      ...factRow(say('device.heard'), lastSeenMs ? formatMoment(lastSeenMs) : '–'),
    ),
  );
}

/** What it said of itself when it was started. */
function bornBlock({ birth }: DeviceAnswer): HTMLElement {
  const { version, atMs, boot, model, sensors } = birth;
  return titled(
    say('device.birth'),
    el(
      'dl',
      { class: 'facts' },
      ...factRow(say('device.birth.at'), atMs === null ? '–' : formatMoment(atMs)),
      ...factRow(say('device.birth.version'), version ?? '–'),
      ...(model === null ? [] : factRow(say('panel.model'), model)),
      ...(boot === null ? [] : factRow(say('device.birth.boot'), el('span', { class: 'hash' }, boot))),
    ),
    sensors.length > 0 &&
      tableOf(
        say('device.birth.sensors'),
        [say('device.birth.sensor'), say('device.birth.part'), say('device.birth.serial')],
        sensors.map(({ id, part, serial }) => [id, part ?? '–', serial ?? '–']),
      ),
  );
}
