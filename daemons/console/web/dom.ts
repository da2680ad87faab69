export type Child = Node | string | null | false | undefined;

interface Props {
  readonly class?: string;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  /** Attributes as they are written in HTML; false and undefined leave one out. */
  readonly attrs?: Readonly<Record<string, string | number | boolean | undefined>>;
}

function dress(node: Element, props: Props, children: readonly Child[]): void {
  if (props.class) node.setAttribute('class', props.class);
  for (const [name, value] of Object.entries(props.attrs ?? {})) {
    if (value === false || value === undefined) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const [name, listener] of Object.entries(props.on ?? {})) node.addEventListener(name, listener);
  node.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
}

/** An HTML element. Strings become text nodes: whatever they hold, the browser never reads them as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  dress(node, props, children);
  return node;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(node, props, children);
  return node;
}

/** Changes the text only when it differs, so that a ticking clock costs nothing while it says the same. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Makes `parent` hold exactly `nodes` in that order, moving as few as it can; the focus stays where it was. */
export function arrange(parent: Element, nodes: readonly Element[]): void {
  const focused = document.activeElement;
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}

/** What the server wrote into the page's head under `fieldpost-<name>`. */
export const fromHead = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="fieldpost-${name}"]`)?.content ?? '';
