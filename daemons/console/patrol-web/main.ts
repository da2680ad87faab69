/** The patrol page: what is kept is shown first, then the centre is asked. */
import type { CallCard, PatrolAnswer } from '../patrol/card.ts';
import { ask } from '../web/ask.ts';
import { emptyBoard, type News } from '../web/board.ts';
import { askFor } from '../web/dialog.ts';
import { el } from '../web/dom.ts';
import { loadMessages, pickLanguage } from '../web/language.ts';
import { linkInAddress } from '../web/login.ts';
import { keepLanguage, readLanguage } from '../web/settings.ts';
import { speak } from '../web/text.ts';
import { openCalled, startWorker } from './called.ts';
import { keepLocating, keepSound, keepTheme, readLocating, readSound, readTheme, wearTheme } from './choices.ts';
import { openClock, readClocks } from './clock.ts';
import { drawOn } from './draw.ts';
import { openHearing } from './hear.ts';
import { type Contact, cardIn, type Held, isCard, isStale, keepMs, names, type Who } from './kept.ts';
import { openLink } from './link.ts';
import { openLocating } from './locate.ts';
import { tickAges } from './parts.ts';
import { type Answered, request } from './post.ts';
import { openPresses } from './press.ts';
import { openSession } from './session.ts';
import { openSound } from './sound.ts';
import { openSpeaking } from './speak.ts';
import { type Actions, type State, waitingFor } from './state.ts';
import { openStore } from './store.ts';
import { openVault } from './vault.ts';
import { openWaking } from './wake.ts';
import { wipeAll } from './wipe.ts';
import { say, sayAny } from './words.ts';

/** Ages on the page; what is kept is looked at for its age as often. */
const tickMs = 5000;
/** A position that is older is not where the caller is. */
const freshOwnMs = 300_000;

const root = el('div', { attrs: { id: 'patrol' } });
const vault = await openVault();
const language = pickLanguage(readLanguage());
speak(await loadMessages(language));
document.documentElement.lang = language;

const contact = await vault.read<Contact>(names.contact);
const isTooOld = isStale(contact, Date.now());
if (isTooOld) await wipeAll(vault);
const held = await vault.read<Held>(names.held);
const cards = new Map<string, CallCard>();
for (const { alert } of held?.alerts ?? []) {
  const card = await cardIn(vault, alert.id);
  if (card) cards.set(alert.id, card);
}
const who = await vault.read<Who>(names.who);

const first: State = {
  ...{ who, session: 'known', link: 'connecting', gone: held?.gone ?? [], cards, calledHelp: [], own: null },
  board: {
    ...emptyBoard,
    alerts: new Map(held?.alerts.map((one) => [one.alert.id, one])),
    devices: new Map(held?.devices.map((one) => [`${one.site}/${one.device}`, one])),
  },
  words: (await vault.words.all()).filter(({ account }) => account === who?.account),
  ...{ locating: 'off', open: null, isMenu: false, aheadMs: contact?.aheadMs ?? 0 },
  contactMs: isTooOld ? null : (contact?.wallMs ?? null),
  ...{ isLasting: vault.isLasting, theme: readTheme(), language, sound: readSound(), wake: 'unknown' },
  radio: await vault.read<string>(names.radio),
};

const draw = (): void => {
  if (root.isConnected && !presses.isDown()) drawOn(root, store.state, actions);
};
const presses = openPresses(draw);
const store = openStore(first, draw);
const { change } = store;
const sound = openSound(first.sound);
const hearing = openHearing(store, vault, sound);
const clock = openClock(contact?.aheadMs ?? null, readClocks, crypto.randomUUID());

/** The centre knows who we are: from now on its clock is known, and what is kept may stay. */
const heard = (centreMs: number | null): void => {
  const wallMs = Date.now();
  // A header tells whole seconds: within one, what is known already is better.
  const told = centreMs === null ? store.state.aheadMs : centreMs - wallMs;
  const aheadMs =
    store.state.contactMs !== null && Math.abs(told - store.state.aheadMs) < 1500 ? store.state.aheadMs : told;
  if (centreMs !== null) clock.hear(aheadMs);
  change({ aheadMs, contactMs: wallMs });
  void vault.write(names.contact, { wallMs, aheadMs } satisfies Contact);
};
const onAnswer = ({ status, centreMs }: Answered): void => {
  if (status >= 200 && status < 300) heard(centreMs);
};

const show = (): void => {
  document.body.replaceChildren(root);
  change({});
};
const wiped = (notice: string): void => {
  change({
    ...first,
    who: null,
    board: emptyBoard,
    gone: [],
    cards: new Map(),
    words: [],
    contactMs: null,
    radio: null,
  });
  link.forget();
  void enter(notice);
};
/** What came from the centre goes, what was pressed waits. */
const forgetAlerts = async (): Promise<void> => {
  for (const name of await vault.names()) if (name === names.held || isCard(name)) await vault.remove(name);
  change({ board: emptyBoard, gone: [], cards: new Map(), open: null });
  link.forget();
};
const session = openSession({
  store,
  vault,
  show,
  onForgotten: () => link.forget(),
  onWiped: () => wiped(say('patrol.wiped')),
});
const speaking = openSpeaking({
  store,
  vault,
  clock,
  onAnswer,
  onOver: async () => (await session.check()) === 'known',
});
const waking = openWaking({
  csrf: () => store.state.who?.csrf ?? null,
  onWake: (wake) => change({ wake }),
  fetching: fetch,
});
const locating = openLocating(
  (own) => change({ own, locating: 'on' }),
  () => change({ locating: 'refused' }),
);

async function enter(notice: string | null): Promise<void> {
  await session.enter(notice);
  link.hurry();
}

const take = (news: News, isWhole: boolean): void => {
  hearing.take(news, isWhole);
  called.look();
  void speaking.tellArrived();
};

const link = openLink({
  check: () => (store.state.who === null ? Promise.resolve('unheard') : session.check()),
  onNews: take,
  onBeat: (centreMs) => heard(centreMs),
  onLive: () => {
    change({ link: 'live' });
    if (store.state.who?.unit != null) void waking.look();
    void readRadio();
    void speaking.settle();
  },
  onLost: () => change({ link: store.state.contactMs === null ? 'connecting' : 'lost' }),
  poll: async () => {
    if (store.state.who === null || (await session.check()) !== 'known') return;
    const answered = await request(fetch, 'GET', '/api/state');
    onAnswer(answered);
    if (answered.status === 200) take(answered.body as News, true);
    await speaking.settle();
  },
});

async function readRadio(): Promise<void> {
  const { status, body } = await request(fetch, 'GET', '/api/patrol');
  if (status !== 200) return;
  const { radio } = body as PatrolAnswer;
  change({ radio });
  await vault.write(names.radio, radio);
}

const actions: Actions = {
  open: (open) => {
    change({ open, isMenu: false });
    window.scrollTo(0, 0);
    if (open === null) return;
    hearing.refresh(open);
    const unit = store.state.who?.unit;
    const told = store.state.board.alerts.get(open)?.desk?.told?.find((one) => one.unit === unit);
    if (unit != null && !told?.seen && !waitingFor(store.state, open, 'seen'))
      void speaking.say({ alert: open, deed: { what: 'seen' } });
  },
  menu: (isMenu) => change({ isMenu }),
  say: (alert, deed) => void speaking.say({ alert, deed }),
  report: (alert, outcome) =>
    void askFor({
      title: sayAny(`outcome.${outcome}`),
      explain: say('patrol.report.explain'),
      fields: [{ name: 'text', label: say('patrol.report.text'), kind: 'long' }],
      does: say('patrol.report.send'),
    }).then((said) => said && speaking.say({ alert, deed: { what: 'report', outcome, text: said.text ?? '' } })),
  help: () =>
    void askFor({
      title: say('patrol.help.title'),
      explain: say('patrol.help.explain'),
      fields: [{ name: 'text', label: say('patrol.help.text') }],
      does: say('patrol.help.call'),
    }).then((said) => {
      if (!said) return undefined;
      const { own } = store.state;
      const where = own && Date.now() - own.atMs < freshOwnMs ? own : null;
      return speaking.say({
        help: {
          text: said.text ?? '',
          where: where && { lat: where.lat, lon: where.lon, ceM: Math.max(1, where.ceM) },
        },
      });
    }),
  dismiss: hearing.forget,
  dropWord: (key) => void speaking.drop(key),
  locate: () => {
    const isOn = store.state.locating !== 'on';
    keepLocating(isOn);
    locating.set(isOn);
    if (!isOn) change({ locating: 'off', own: null });
  },
  setTheme: (theme) => {
    keepTheme(theme);
    wearTheme(theme);
    change({ theme });
  },
  setLanguage: (next) => {
    keepLanguage(next);
    void loadMessages(next).then((messages) => {
      speak(messages);
      document.documentElement.lang = next;
      change({ language: next });
      void vault.write(names.language, next);
    });
  },
  setSound: (isOn) => {
    keepSound(isOn);
    sound.setOn(isOn);
    change({ sound: isOn });
    if (!isOn) return;
    sound.play('info');
    // Only after a press that asks to be told.
    if ('Notification' in window) void Notification.requestPermission();
  },
  setWake: (isOn) => void waking.set(isOn),
  logIn: () => void enter(say('patrol.ended', { n: store.state.words.length })),
  leave: () =>
    void ask('POST', '/api/logout', {}).then(async (answer) => {
      if (!answer.ok && answer.status !== 401) return;
      await wipeAll(vault);
      location.reload();
    }),
};

setInterval(() => {
  if (!document.hidden) tickAges(root, Date.now() + store.state.aheadMs);
  const { contactMs, aheadMs } = store.state;
  if (contactMs === null || !isStale({ wallMs: contactMs, aheadMs }, Date.now())) return;
  // Little passed on the clock that nobody sets: the phone slept for long, or its clock was set. Nobody here can tell which.
  const isLong = (clock.heardAgoMs() ?? keepMs) >= keepMs;
  if (isLong) void wipeAll(vault).then(() => wiped(say('patrol.stale')));
  else if (store.state.board.alerts.size > 0) void forgetAlerts();
}, tickMs);

const called = openCalled(() => [...store.state.board.alerts.keys()], actions.open);
void vault.write(names.language, language);
void startWorker().catch(() => {});
if (readLocating()) locating.set(true);
show();
called.look();
if (who === null || linkInAddress() !== null) void enter(isTooOld ? say('patrol.stale') : null);
