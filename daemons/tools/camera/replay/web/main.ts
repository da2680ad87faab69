/** The page of a replayed flight: pictures with boxes, the ground with outlines, a timeline; one threshold for all of them. */
import type { PageData, PageFrame, PageSighting } from '../shots.ts';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
const { frames, thresholds } = data;
const ns = 'http://www.w3.org/2000/svg';

const part = <T extends Element>(id: string): T => document.getElementById(id) as unknown as T;
const [picture, timeline] = [part<HTMLImageElement>('picture'), part<SVGSVGElement>('timeline')];
const [boxes, ground] = [part<SVGSVGElement>('boxes'), part<SVGSVGElement>('ground')];
const [at, threshold] = [part<HTMLInputElement>('at'), part<HTMLInputElement>('threshold')];
const play = part<HTMLButtonElement>('play');

function svg(tag: string, attrs: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const node = document.createElementNS(ns, tag);
  for (const [name, value] of Object.entries(attrs)) node.setAttribute(name, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

const seen = (frame: PageFrame): readonly PageSighting[] => frame.sightings[Number(threshold.value)] ?? [];
const points = (ring: readonly (readonly [number, number])[]): string => ring.map(([n, e]) => `${e},${-n}`).join(' ');

/** A square around all that was seen of the ground, metres. */
const reachM = Math.max(
  20,
  ...frames.flatMap(({ footprint }) => (footprint ?? []).flatMap(([n, e]) => [Math.abs(n), Math.abs(e)])),
);

function drawGround(now: PageFrame): void {
  ground.setAttribute('viewBox', `${-reachM} ${-reachM} ${2 * reachM} ${2 * reachM}`);
  const rings = (frame: PageFrame, name: string): SVGElement[] =>
    seen(frame).flatMap(({ ground: ring }) =>
      typeof ring === 'string' ? [] : [svg('polygon', { class: name, points: points(ring) })],
    );
  ground.replaceChildren(
    ...(now.footprint ? [svg('polygon', { class: 'footprint', points: points(now.footprint) })] : []),
    ...frames.flatMap((frame) => rings(frame, 'plot')),
    ...rings(now, 'plot now'),
  );
}

function drawBoxes(now: PageFrame): void {
  boxes.setAttribute('viewBox', `0 0 ${data.width} ${data.height}`);
  const size = data.width / 40;
  boxes.replaceChildren(
    ...seen(now).flatMap(({ label, score, box: [x0, y0, x1, y1] }) => [
      svg('rect', { class: 'box', x: x0, y: y0, width: x1 - x0, height: y1 - y0 }),
      svg('text', { class: 'label', x: x0, y: Math.max(size, y0 - size / 3), 'font-size': size }, `${label} ${score}`),
    ]),
  );
}

function drawTimeline(): void {
  const most = Math.max(1, ...frames.map((frame) => seen(frame).length));
  timeline.setAttribute('viewBox', `0 0 ${frames.length} ${most}`);
  timeline.replaceChildren(
    ...frames.flatMap((frame, i) => {
      const count = seen(frame).length;
      const column = svg('rect', { class: 'column', x: i, y: 0, width: 1, height: most });
      column.addEventListener('click', () => go(i));
      const name = i === Number(at.value) ? 'bar now' : 'bar';
      return [svg('rect', { class: name, x: i + 0.1, y: most - count, width: 0.8, height: count }), column];
    }),
    svg('rect', { class: 'here', x: Number(at.value), y: 0, width: 1, height: most }),
  );
}

const round = (x: number | null, unit: string): string =>
  x === null ? 'not known' : `${Math.round(x * 10) / 10} ${unit}`;

function draw(): void {
  const frame = frames[Number(at.value)];
  if (!frame) return;
  picture.src = `data:image/jpeg;base64,${frame.jpeg}`;
  picture.alt = `picture ${frame.seq}, ${seen(frame).length} sightings`;
  drawBoxes(frame);
  drawGround(frame);
  drawTimeline();
  const used = thresholds[Number(threshold.value)] ?? 0;
  part('threshold-is').textContent = `${used}${Number(threshold.value) === data.own ? ", the card's own" : ''}`;
  const total = frames.reduce((sum, one) => sum + seen(one).length, 0);
  part('at-is').textContent = `picture ${frame.seq} at ${frame.s} s`;
  part('facts').textContent =
    `${seen(frame).length} sightings here, ${total} in ${frames.length} pictures; height ${round(frame.heightM, 'm')}, ` +
    `a pixel ${round(frame.gsdCm, 'cm')}; ${frame.tiles} tiles, ${frame.ms} ms; ${data.dropped} pictures dropped` +
    (frame.why === null ? '' : `; ${frame.why}`);
  part('list').replaceChildren(
    ...seen(frame).map(({ label, score, ground: ring }) => {
      const item = document.createElement('li');
      item.textContent = `${label} ${score}${typeof ring === 'string' ? `, without a place: ${ring}` : ''}`;
      return item;
    }),
  );
}

function go(index: number): void {
  at.value = String(Math.max(0, Math.min(frames.length - 1, index)));
  draw();
}

let timer: number | undefined;
function toggle(): void {
  if (timer === undefined) timer = window.setInterval(() => go((Number(at.value) + 1) % frames.length), 400);
  else {
    window.clearInterval(timer);
    timer = undefined;
  }
  play.textContent = timer === undefined ? 'Play' : 'Stop';
}

at.max = String(frames.length - 1);
threshold.max = String(thresholds.length - 1);
threshold.value = String(data.own);
at.addEventListener('input', draw);
threshold.addEventListener('input', draw);
play.addEventListener('click', toggle);
document.addEventListener('keydown', (event) => {
  // A slider and a button have keys of their own.
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLButtonElement) return;
  if (event.key === 'ArrowRight') go(Number(at.value) + 1);
  else if (event.key === 'ArrowLeft') go(Number(at.value) - 1);
  else if (event.key === ' ') {
    event.preventDefault();
    toggle();
  }
});
draw();
