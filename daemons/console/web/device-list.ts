import { simulatedTag, tag } from './alert-parts.ts';
import { type AlertRecord, type Board, type DeviceRecord, deviceKey } from './board.ts';
import { dueList } from './device-due.ts';
import { seenWords } from './device-parts.ts';
import { arrange, el, setText } from './dom.ts';
import { formatPosition } from './format.ts';
import { goByKey } from './list-keys.ts';
import type { Actions, Model, View } from './model.ts';
import { rolloutList } from './rollout-list.ts';
import { deviceSight } from './sight.ts';
import { say, word } from './text.ts';
import { trackButton } from './track-button.ts';

const statusRank = { offline: 0, unknown: 1, online: 2 } as const;
const statusSign = { offline: '○ ', unknown: '? ', online: '● ' } as const;

/** Those that do not answer first: they are what a person must look after. */
const byNeed = (a: DeviceRecord, b: DeviceRecord): number =>
  statusRank[a.status] - statusRank[b.status] || (deviceKey(a) < deviceKey(b) ? -1 : 1);

/** Rows drawn at first: thousands would slow every browser, and nobody reads them. */
const pageSize = 60;

export function deviceList(actions: Actions): View {
  const list = el('ul', { class: 'list', attrs: { role: 'list' } });
  const empty = el(
    'div',
    { class: 'empty' },
    el('h3', {}, say('device.empty.title')),
    el('p', {}, say('device.empty.text')),
  );
  const search = el('input', {
    class: 'field',
    attrs: { type: 'search', 'aria-label': say('device.search'), placeholder: say('device.search') },
  });
  let filter: DeviceFilter = 'all';
  const choices = deviceFilters.map((one) =>
    el(
      'button',
      { class: 'choice', attrs: { type: 'button' }, on: { click: () => choose(one) } },
      say(`device.filter.${one}`),
    ),
  );
  const choose = (one: DeviceFilter): void => {
    filter = one;
    limit = pageSize;
    again();
  };
  const count = el('p', { class: 'hint', attrs: { role: 'status' } });
  const more = el('button', { class: 'button list-more', attrs: { type: 'button' } });
  const lists = el(
    'div',
    {},
    dueList(actions, () => last?.nowMs ?? Date.now()),
    rolloutList(actions),
  );
  const node = el(
    'div',
    { class: 'pane', attrs: { id: 'pane-devices', role: 'tabpanel', 'aria-labelledby': 'tab-devices' } },
    el('div', { class: 'choices', attrs: { role: 'group', 'aria-label': say('filter.label') } }, search, ...choices),
    lists,
    count,
    empty,
    list,
    more,
  );
  list.addEventListener('keydown', (event) => {
    goByKey(event, list, ({ dataset: { device } }) => device && actions.openDevice(device, 'list'));
  });
  const rows = new Map<string, Row>();
  let limit = pageSize;
  let last: Model | null = null;
  let sorted: readonly DeviceRecord[] = [];
  let sortedOf: unknown = null;

  const draw = (model: Model): void => {
    node.hidden = model.tab !== 'devices';
    if (node.hidden) return;
    if (sortedOf !== model.board.devices) {
      sortedOf = model.board.devices;
      sorted = [...model.board.devices.values()].sort(byNeed);
    }
    const wanted = search.value.trim().toLowerCase();
    const troubles = troublesIn(model.board);
    const chosen = sorted.filter(
      (one) =>
        isOfFilter[filter](one, troubles.get(deviceKey(one)) ?? []) &&
        (wanted === '' || deviceKey(one).toLowerCase().includes(wanted)),
    );
    choices.forEach((choice, i) => {
      choice.setAttribute('aria-pressed', String(deviceFilters[i] === filter));
    });
    const drawn = chosen.slice(0, limit);
    const kept = new Set(drawn.map(deviceKey));
    for (const key of rows.keys()) if (!kept.has(key)) rows.delete(key);
    arrange(
      list,
      drawn.map((device) => {
        const key = deviceKey(device);
        const row = rows.get(key) ?? deviceRow(actions);
        rows.set(key, row);
        row.update(device, model, troubles.get(key) ?? []);
        return row.node;
      }),
    );
    const away = chosen.filter(({ status }) => status !== 'online').length;
    setText(count, say('device.count', { n: chosen.length, away }));
    empty.hidden = sorted.length > 0;
    more.hidden = chosen.length <= limit;
    setText(more, say('list.more', { n: Math.min(pageSize, chosen.length - limit), total: chosen.length }));
  };
  const again = (): void => {
    if (last) draw(last);
  };
  search.addEventListener('input', () => {
    limit = pageSize;
    again();
  });
  more.addEventListener('click', () => {
    limit += pageSize;
    again();
  });

  return {
    node,
    update: (model) => {
      last = model;
      draw(model);
    },
    tick: (model) => {
      for (const row of rows.values()) row.tick(model.nowMs);
    },
  };
}

const deviceFilters = ['all', 'away', 'due', 'trouble'] as const;
type DeviceFilter = (typeof deviceFilters)[number];
const isOfFilter: Readonly<Record<DeviceFilter, (one: DeviceRecord, troubles: readonly AlertRecord[]) => boolean>> = {
  all: () => true,
  away: ({ status }) => status !== 'online',
  due: (_, troubles) => troubles.some(({ alert }) => alert.kind === 'calibration-overdue'),
  trouble: (_, troubles) => troubles.length > 0,
};

/** What the ledger found wrong with the fleet itself, by box: its alerts begin with the name of the box. */
function troublesIn({ alerts }: Board): ReadonlyMap<string, readonly AlertRecord[]> {
  const found = new Map<string, AlertRecord[]>();
  for (const record of alerts.values()) {
    if (record.device !== 'centre' || record.alert.condition === 'cleared') continue;
    const [device = ''] = record.alert.because.rule.split(': ');
    const key = deviceKey({ site: record.site, device });
    found.set(key, [...(found.get(key) ?? []), record]);
  }
  return found;
}

const troubleLine = ({ alert }: AlertRecord, actions: Actions): HTMLElement =>
  el(
    'li',
    {},
    el(
      'button',
      { class: 'link-button', attrs: { type: 'button' }, on: { click: () => actions.select(alert.id) } },
      `! ${word('kind', alert.kind)}`,
    ),
    ` ${alert.because.rule.split(': ').slice(1).join(': ')}`,
  );

interface Row {
  readonly node: HTMLElement;
  update(device: DeviceRecord, model: Model, troubles: readonly AlertRecord[]): void;
  tick(nowMs: number): void;
}

function deviceRow(actions: Actions): Row {
  const age = el('span', { class: 'row-age' });
  const title = el('span', { class: 'row-title' });
  const tags = el('span', { class: 'row-tags' });
  const place = el('span', { class: 'row-place' });
  let shown: DeviceRecord | null = null;
  const show = (): void => {
    if (!shown) return;
    actions.openDevice(deviceKey(shown));
  };
  const open = el(
    'button',
    { class: 'row-open device', attrs: { type: 'button' }, on: { click: show } },
    el('span', { class: 'row-head' }, title, age),
    tags,
    place,
  );
  const tick = (nowMs: number): void => {
    if (shown) setText(age, seenWords(shown, nowMs));
  };

  const wrong = el('ul', { class: 'troubles' });
  let told = '';
  const node = el('li', { class: 'row' }, open, wrong);
  let sight: HTMLElement | null = null;
  let track: HTMLElement | null = null;
  return {
    node,
    update: (device, model, troubles) => {
      const isOpen = model.selected === null && model.device === deviceKey(device);
      node.classList.toggle('row-chosen', isOpen);
      open.setAttribute('aria-current', String(isOpen));
      const now = troubles.map(({ alert }) => `${alert.id} ${alert.rev}`).join();
      if (now !== told) wrong.replaceChildren(...troubles.map((one) => troubleLine(one, actions)));
      told = now;
      if (shown !== device) {
        // A new birth is another model, or another word on the same one; what is open stays open through anything else.
        if (sight === null || JSON.stringify(shown?.birth) !== JSON.stringify(device.birth)) {
          sight?.remove();
          track?.remove();
          sight = deviceSight(device);
          track = device.birth.dock === true ? trackButton(device.device, actions) : null;
          node.append(sight, ...(track ? [track] : []));
        }
        shown = device;
        title.replaceChildren(device.device, el('span', { class: 'site' }, device.site));
        tags.replaceChildren(
          tag(`tag-${device.status}`, statusSign[device.status], say(`device.${device.status}`)),
          ...(device.simulated ? [simulatedTag()] : []),
        );
        setText(place, details(device));
        open.setAttribute('data-device', deviceKey(device));
      }
      tick(model.nowMs);
    },
    tick,
  };
}

function details({ where, birth }: DeviceRecord): string {
  const { version, sensors } = birth;
  const parts = [
    where ? formatPosition(where.lat, where.lon) : say('device.noPosition'),
    typeof sensors === 'number' ? say('device.sensors', { n: sensors }) : null,
    typeof version === 'string' ? version : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
