interface Props {
  readonly class?: string;
  readonly click?: () => void;
  readonly attrs?: Readonly<Record<string, string>>;
}

/** An HTML element. Strings become text nodes: whatever they hold, the browser never reads them as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: name, click, attrs = {} }: Props = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (name) node.className = name;
  for (const [key, value] of Object.entries(attrs)) node.setAttribute(key, value);
  if (click) node.addEventListener('click', click);
  node.append(...children);
  return node;
}

/** A picture from SVG text of core/plots, which escapes what it is given. */
export function pictureFrom(svg: string): Node {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  return document.importNode(parsed.documentElement, true);
}

const drawn = new Map<string, string>();

/**
 * Fills a place of the page. What has a `sign` is left as it is while its sign is the same: a button that is replaced under
 * a finger loses the touch.
 */
export function show(id: string, nodes: () => readonly Node[], sign?: string): void {
  if (sign !== undefined && drawn.get(id) === sign) return;
  drawn.set(id, sign ?? '');
  document.getElementById(id)?.replaceChildren(...nodes());
}
