/** The live preview: asked for picture by picture while it is open and seen, and dropped with the page. */
import type { PreviewReply, PreviewRequest, PreviewSeen } from '../../core/procedure/preview-link.ts';
import type { WordKey } from '../../core/procedure/words/en.ts';
import { type Say, wordFor } from '../../core/procedure/words.ts';
import { el, show } from './dom.ts';
import { field, noticeOf } from './screens.ts';

export interface PreviewParts {
  /** Null: no connection, or not paired any more. */
  call(asked: PreviewRequest): Promise<PreviewReply | null>;
  /** The staff code that was given last on this phone. */
  by(): string | undefined;
  keepBy(by: string): void;
  draw(): void;
}

export interface PreviewPage {
  isOn(): boolean;
  enter(): void;
  /** Nothing is asked for any more. */
  leave(): void;
  drawIn(say: Say): void;
}

/** What is said in the picture's place. */
type Told = { readonly word: WordKey; readonly seconds?: number } | { readonly text: string } | null;

/** The camera makes no more than one a second either. */
const everyMs = 1000;
/** Of an older picture nobody can say where the camera points. */
const staleMs = 10_000;

export function previewPage({ call, by, keepBy, draw }: PreviewParts): PreviewPage {
  let isOn = false;
  /** Which of its openings is on; 0: none. Answers of another are passed over. */
  let [turn, last] = [0, 0];
  let told: Told = null;
  let seen: (PreviewSeen & { readonly sinceMs: number }) | null = null;
  /** The camera took no opening by the code that is kept. */
  let isCodeRefused = false;
  const image = el('img', { class: 'preview' });

  const put = (next: Told): void => {
    [seen, told] = [null, next];
    image.removeAttribute('src');
    draw();
  };
  const take = (reply: PreviewReply | null): void => {
    if (reply?.say !== 'picture') {
      put(toldOf(reply));
      return;
    }
    [seen, told] = [{ ...reply, sinceMs: performance.now() - reply.ageMs }, null];
    image.src = `data:image/jpeg;base64,${reply.jpeg}`;
    draw();
  };
  const stop = (next: Told): void => {
    turn = 0;
    put(next);
  };
  const watch = async (mine: number, opening: string, untilMs: number): Promise<void> => {
    while (turn === mine && performance.now() < untilMs) {
      const isSeen = document.visibilityState === 'visible';
      const reply = isSeen ? await call({ ask: 'next', opening }) : null;
      if (turn !== mine || reply?.say === 'over') return;
      if (isSeen) take(reply);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const open = async (name: string): Promise<void> => {
    const mine = ++last;
    turn = mine;
    put({ word: 'preview.asking' });
    const answer = await call({ ask: 'open', by: name });
    isCodeRefused = answer?.say === 'refused';
    if (!isCodeRefused) keepBy(name);
    if (answer?.say === 'opened') {
      await watch(mine, answer.opening, performance.now() + answer.forMs);
      void call({ ask: 'close', opening: answer.opening });
    }
    if (turn === mine) stop(answer?.say === 'opened' ? { word: 'preview.over' } : toldOf(answer));
  };
  document.addEventListener('visibilitychange', () => {
    if (turn !== 0 && document.visibilityState !== 'visible') put({ word: 'preview.asking' });
  });
  // The age goes on where no answer comes.
  setInterval(() => {
    if (!isOn || !seen) return;
    const ageMs = performance.now() - seen.sinceMs;
    if (ageMs > staleMs) put({ word: 'preview.none.stale', seconds: Math.round(ageMs / 1000) });
    else draw();
  }, everyMs);

  const start = (name: string): void => void open(name);
  const known = (): string | undefined => (isCodeRefused ? undefined : by());
  const leave = (): void => {
    [isOn, turn, seen, told] = [false, 0, null, null];
    image.removeAttribute('src');
  };
  const back = (): void => {
    leave();
    draw();
  };
  return {
    isOn: () => isOn,
    leave,
    enter: () => {
      isOn = true;
      const name = known();
      if (name) start(name);
      else draw();
    },
    drawIn: (say) => {
      const title = [
        el('h1', {}, say('preview.title')),
        el('p', { class: 'step' }, el('strong', {}, say('preview.only'))),
      ];
      const name = known();
      const key = (kind: string, word: string, click: () => void): Node =>
        el('button', { class: kind, click, attrs: { type: 'button' } }, word);
      const backKey = key('', say('key.back'), back);
      const sign = `preview ${say('preview.title')}`;
      if (!name) {
        const notice = textOf(told, say);
        show(
          'main',
          () => [
            ...title,
            ...noticeOf(notice),
            ...field(say('choose.by'), { maxlength: '32' }, start, say('key.next')),
          ],
          `${sign} who ${notice}`,
        );
        show('keys', () => [backKey], `${sign} who`);
        return;
      }
      show('main', () => [...title, ...(seen ? pictureOf(seen, image, say) : []), ...noticeOf(textOf(told, say))]);
      const again = turn === 0;
      show(
        'keys',
        () => [
          backKey,
          again
            ? key('next', say('preview.open'), () => start(name))
            : key('next', say('preview.stop'), () => stop(null)),
        ],
        `${sign} ${again}`,
      );
    },
  };
}

function toldOf(reply: PreviewReply | null): Told {
  if (!reply) return { word: 'link.lost' };
  if (reply.say === 'none')
    return { word: `preview.none.${reply.why}`, seconds: Math.round((reply.ageMs ?? 0) / 1000) };
  if (reply.say === 'full') return { word: 'preview.full' };
  return { text: reply.say === 'refused' ? reply.message : reply.say };
}

const textOf = (told: Told, say: Say): string | null => {
  if (!told) return null;
  return 'text' in told ? told.text : say(told.word, { seconds: told.seconds ?? 0 });
};

function pictureOf(seen: PreviewSeen & { readonly sinceMs: number }, image: HTMLImageElement, say: Say): Node[] {
  const { source, simulated, gsdCm, heightM, gates } = seen;
  image.alt = say('preview.source', { source });
  const seconds = Math.round((performance.now() - seen.sinceMs) / 1000);
  const facts = [
    say('preview.age', { seconds }),
    ...(heightM === null ? [] : [say('preview.height', { m: heightM })]),
    ...(gsdCm === null ? [] : [say('preview.pixel', { cm: gsdCm })]),
  ];
  const words = gates.map(({ code, text }) => {
    const word = wordFor(say, 'gate', code);
    return el('li', {}, word === `${code}` ? text : word);
  });
  return [
    el('p', {}, image.alt, ' ', ...(simulated ? [el('span', { class: 'mark' }, say('live.simulated'))] : [])),
    image,
    el('p', { class: 'steady' }, facts.join(' · ')),
    el('p', {}, say(gates.length === 0 ? 'preview.free' : 'preview.gates')),
    el('ul', {}, ...words),
  ];
}
