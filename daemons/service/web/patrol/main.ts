/** A patrol's phone at the box: its alerts as they stand, and what the patrol says of them, kept by the box. */
import { type Language, languageOf, languages } from '../../../core/procedure/words.ts';
import type { PatrolDeed } from '../../../core/wire/patrol-word.ts';
import type { Listed, PatrolAnswer } from '../../patrol/shown.ts';
import { sayPatrol } from '../../patrol/words.ts';
import { el, show } from '../dom.ts';
import { openOutbox } from './outbox.ts';
import { alertScreen, keysOf, listScreen, pairScreen, reportScreen } from './screens.ts';

let language: Language = languageOf(localStorage.getItem('lang') ?? undefined, navigator.language);
let answer: PatrolAnswer | null = null;
let isPaired = false;
let isConnected = true;
let opened: string | null = null;
let reporting = false;
let notice: string | null = null;

const json = { 'content-type': 'application/json' };
const reach = async (url: string, body?: object): Promise<Response | null> => {
  try {
    const asked = body ? { method: 'POST', headers: json, body: JSON.stringify(body) } : {};
    const got = await fetch(url, { ...asked, signal: AbortSignal.timeout(10_000) });
    isConnected = true;
    if (got.status === 401) isPaired = false;
    return got;
  } catch {
    isConnected = false;
    return null;
  }
};

const outbox = openOutbox({
  who: () => answer && `${answer.unit} ${answer.by}`,
  post: async (body) => {
    const got = await reach('/patrol/words', body);
    if (!got) return null;
    const { refused = '' } = (await got.json().catch(() => ({}))) as { refused?: string };
    return { status: got.status, why: refused };
  },
  onRefused: (why) => {
    notice = sayPatrol(language)('refused', { why });
  },
  onChange: () => draw(),
});

const said = (alert: string, deed: PatrolDeed): void => {
  notice = null;
  const isSaid = outbox.waiting().some((one) => one.alert === alert && one.deed.what === deed.what);
  if (isSaid && deed.what !== 'report') return;
  outbox.add(alert, deed);
  void outbox.send().then(refresh);
};

async function refresh(): Promise<void> {
  const got = await reach('/patrol/alerts');
  if (got?.ok) answer = (await got.json()) as PatrolAnswer;
  draw();
}

function draw(): void {
  const say = sayPatrol(language);
  document.documentElement.lang = language;
  const mine = answer ? `${answer.device} · ${answer.unit}` : 'Fieldpost';
  show('bar', () => [el('strong', {}, mine), ...languages.map(flagOf)], `${language} ${mine}`);
  const waiting = outbox.waiting().filter(({ deed }) => deed.what !== 'received' && deed.what !== 'seen').length;
  const lost = isConnected ? null : say('link.lost');
  const queued = waiting > 0 ? say('link.queued', { n: waiting }) : null;
  const told = [lost, queued, notice].filter((one) => one !== null).join(' ') || null;
  const one = answer?.alerts.find(({ id }) => id === opened);
  const keys = isPaired && one?.more && !reporting ? one : null;
  document.getElementById('main')?.classList.toggle('with-keys', keys !== null);
  document.getElementById('keys')?.classList.add('patrol');
  if (!isPaired) show('main', () => pairScreen(say, told, pair), `pair ${language} ${told}`);
  else if (one && reporting) drawReport(one);
  else if (one) show('main', () => alertScreen(say, one, told, back), `${language} ${told} ${JSON.stringify(one)}`);
  else if (answer) drawList(answer, told);
  drawKeys(keys);
}

function drawList(all: PatrolAnswer, told: string | null): void {
  const open = (id: string): void => {
    opened = id;
    const one = all.alerts.find((each) => each.id === id);
    if (one?.more && !one.more.said.seen) said(id, { what: 'seen' });
    draw();
    window.scrollTo(0, 0);
  };
  show(
    'main',
    () => listScreen(sayPatrol(language), all, told, open),
    `list ${language} ${told} ${JSON.stringify(all)}`,
  );
}

function drawReport({ id }: Listed): void {
  const done = (outcome: Extract<PatrolDeed, { what: 'report' }>['outcome'], text: string): void => {
    reporting = false;
    said(id, { what: 'report', outcome, text });
    draw();
  };
  const leave = (): void => {
    reporting = false;
    draw();
  };
  // What is being typed must not be drawn anew.
  show('main', () => reportScreen(sayPatrol(language), done, leave), `report ${language} ${id}`);
}

function drawKeys(one: Listed | null): void {
  if (!one?.more) {
    show('keys', () => [], 'none');
    return;
  }
  const { id, more } = one;
  const hands = {
    acknowledge: () => said(id, { what: 'acknowledge' }),
    onScene: () => said(id, { what: 'on-scene' }),
    report: () => {
      reporting = true;
      draw();
    },
  };
  show('keys', () => keysOf(sayPatrol(language), more.said, hands), `${language} ${id} ${JSON.stringify(more.said)}`);
}

const back = (): void => {
  opened = null;
  draw();
};

const flagOf = (one: Language): Node =>
  el(
    'button',
    { attrs: { type: 'button', 'aria-pressed': String(one === language) }, click: () => speak(one) },
    one.toUpperCase(),
  );

function speak(one: Language): void {
  language = one;
  localStorage.setItem('lang', one);
  draw();
}

async function pair(code: string): Promise<void> {
  isPaired = (await reach('/patrol/pair', { code }))?.ok ?? false;
  // Whoever that was: what waits is said for nobody before the box has said who it is.
  if (isPaired) answer = null;
  notice = isPaired || !isConnected ? null : sayPatrol(language)('pair.wrong');
  draw();
  await look();
}

/** Asks for the list, says that this device has it, and what waits. */
async function look(): Promise<void> {
  // A link that was away, or a box that started anew: whether it still knows this phone, it says.
  if (!isPaired) await askSession();
  if (!isPaired) return draw();
  await refresh();
  for (const { id, more } of answer?.alerts ?? []) if (more && !more.said.received) said(id, { what: 'received' });
  await outbox.send();
}

async function askSession(): Promise<void> {
  const got = await reach('/patrol/session');
  if (got?.ok) isPaired = ((await got.json()) as { paired: boolean }).paired;
}

const beatMs = 3000;
async function start(): Promise<void> {
  for (;;) {
    await look();
    await new Promise((resolve) => setTimeout(resolve, beatMs));
  }
}
void start();
