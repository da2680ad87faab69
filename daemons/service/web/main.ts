/** The wizard on a phone. What it shows is made by the same functions as the terminal's: core/procedure. */
import type { Point } from '../../core/plots/strip-chart.ts';
import type { Reply, Request, View } from '../../core/procedure/link.ts';
import { answered, beginOf, type Kind, type Known, nextQuestion } from '../../core/procedure/plan.ts';
import type { PreviewReply } from '../../core/procedure/preview-link.ts';
import { screenOf } from '../../core/procedure/screen.ts';
import { type Language, languageOf, languages, sayIn } from '../../core/procedure/words.ts';
import { el, show } from './dom.ts';
import { previewPage } from './preview.ts';
import { askScreen, keysOf, kindScreen, pairScreen, runScreen } from './screens.ts';

const kept = (name: string): string | undefined => localStorage.getItem(name) ?? undefined;
let language: Language = languageOf(kept('lang'), navigator.language);
let box: Extract<Reply, { say: 'box' }> | null = null;
let known: Known | null = null;
let view: View | null = null;
let trace: Point[] = [];
let notice: string | null = null;
let isPaired = false;
let isConnected = true;
let closed: string | null = null;

const send = async (url: string, body: object): Promise<Response | null> => {
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status === 401) isPaired = false;
    isConnected = true;
    return answer;
  } catch {
    isConnected = false;
    draw();
    return null;
  }
};
const post = async (url: string, body: object): Promise<boolean> => (await send(url, body))?.ok ?? false;
const preview = previewPage({
  call: async (asked) => {
    const answer = await send('/preview', asked);
    if (answer?.status === 400)
      return { say: 'refused', message: ((await answer.json()) as { refused: string }).refused };
    return answer?.ok ? ((await answer.json()) as PreviewReply) : null;
  },
  by: () => kept('by'),
  keepBy: (by) => localStorage.setItem('by', by),
  draw: () => draw(),
});
const ask = (request: Request): void => void post('/ask', request);

/** A procedure that is on, or whose end was not yet put away. */
const running = () => (view?.running && view.running.id !== closed ? view.running : null);

function proceed(): void {
  if (known && box) takeUp(known, box);
  draw();
}

function takeUp(asked: Known, at: NonNullable<typeof box>): void {
  if (asked.target && view?.target !== asked.target) ask({ ask: 'watch', target: asked.target });
  if (!nextQuestion(asked, at, Date.now(), sayIn(language))) {
    ask(beginOf(asked));
    known = { kind: asked.kind, by: asked.by, target: asked.target };
  }
}

/** How long an abort must be pressed again within, in ms: a glove touches much. */
const sureMs = 5000;
let abortedMs = Number.NEGATIVE_INFINITY;

function abort(): void {
  const isSure = performance.now() - abortedMs < sureMs;
  abortedMs = isSure ? Number.NEGATIVE_INFINITY : performance.now();
  notice = isSure ? null : sayIn(language)('keys.sure-touch');
  if (isSure) ask({ ask: 'abort' });
  draw();
}

function draw(): void {
  const say = sayIn(language);
  document.documentElement.lang = language;
  show(
    'bar',
    () => [el('strong', {}, box?.device ?? 'Fieldpost'), ...languages.map(flagOf)],
    `${language} ${box?.device}`,
  );
  const told = isConnected ? notice : say('link.lost');
  const current = isPaired ? running() : null;
  // Whatever else is on the screen: a camera is not looked through beside it.
  if (current || !isPaired) preview.leave();
  if (current && view) drawRun(view, told);
  else if (preview.isOn()) preview.drawIn(say);
  else {
    show('keys', () => []);
    if (isPaired) drawQuestion(told);
    else show('main', () => pairScreen(say, told, pair), `pair ${language} ${told}`);
  }
}

function drawQuestion(told: string | null): void {
  const say = sayIn(language);
  const question = known && box ? nextQuestion(known, box, Date.now(), say) : null;
  if (!question || !known) {
    show(
      'main',
      () => kindScreen(say, told, { begin, aim: preview.enter }, historiesOf()),
      `kind ${language} ${told} ${box !== null}`,
    );
    return;
  }
  const before = known;
  const done = (value: string | null): void => {
    known = answered(before, question.field, value);
    if (question.field === 'by' && value) localStorage.setItem('by', value);
    notice = null;
    proceed();
  };
  const back = (): void => {
    known = null;
    draw();
  };
  // What is being typed must not be drawn anew when something else is heard of.
  show('main', () => askScreen(say, question, told, { done, back }), `${language} ${told} ${JSON.stringify(question)}`);
}

const historiesOf = () =>
  (box?.targets ?? []).map(
    ({ target }) => [`/history?${new URLSearchParams({ target, lang: language })}`, target] as const,
  );

const flagOf = (one: Language): Node =>
  el(
    'button',
    { attrs: { type: 'button', 'aria-pressed': String(one === language) }, click: () => speak(one) },
    one.toUpperCase(),
  );

function drawRun(seen: View, told: string | null): void {
  const say = sayIn(language);
  const screen = screenOf(seen, say);
  show('main', () => runScreen({ view: seen, trace, simulated: box?.simulated ?? false, notice: told }, say));
  const close = (): void => {
    closed = seen.running?.id ?? null;
    known = null;
    draw();
  };
  const hands = {
    ask: (request: Request): void => {
      notice = null;
      ask(request);
    },
    abort,
    close,
  };
  const record = seen.running?.record;
  const sheet = record ? `/sheet?${new URLSearchParams({ target: seen.target, id: record, lang: language })}` : null;
  show(
    'keys',
    () => keysOf(screen, sheet, say, hands),
    `${language} ${seen.running?.id} ${sheet} ${JSON.stringify(screen.may)}`,
  );
}

function begin(kind: Kind): void {
  known = { kind, by: kept('by') };
  notice = null;
  proceed();
}

function speak(one: Language): void {
  language = one;
  localStorage.setItem('lang', one);
  draw();
}

async function pair(code: string): Promise<void> {
  isPaired = await post('/pair', { code });
  notice = isPaired ? null : sayIn(language)('pair.wrong');
  if (isPaired) listen();
  draw();
}

function onReply(reply: Reply): void {
  if (reply.say === 'box') box = reply;
  if (reply.say === 'trace') trace = [...reply.points];
  if (reply.say === 'refused') notice = reply.message;
  if (reply.say === 'view') {
    view = reply.view;
    const { live } = view;
    if (live && live.atMs > (trace.at(-1)?.[0] ?? 0)) trace = [...trace.slice(-3000), [live.atMs, live.value]];
  }
  draw();
}

function listen(): void {
  const events = new EventSource('/events');
  events.onmessage = ({ data }) => onReply(JSON.parse(data) as Reply);
  events.onopen = () => {
    isConnected = true;
    draw();
  };
  events.onerror = () => {
    isConnected = false;
    draw();
  };
}

const beatMs = 5000;
setInterval(() => {
  if (isPaired) ask({ ask: 'alive' });
}, beatMs);

async function start(): Promise<void> {
  try {
    isPaired = ((await (await fetch('/session')).json()) as { paired: boolean }).paired;
  } catch {
    isConnected = false;
  }
  if (isPaired) listen();
  draw();
}
void start();
