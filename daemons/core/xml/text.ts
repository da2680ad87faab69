/** XML 1.0 as text: elements, attributes and text; nothing of what is written can be taken for markup. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

export const element = (
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Element | string)[]
): Element => ({ name, attributes, children });

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 (section 2.2) has no way to write; line breaks and tabs would be normalised in attributes. */
const unwritable = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu;

/** As the text of an element; what XML cannot hold becomes U+FFFD. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(unwritable, '\ufffd')
    .replace(/[&<>"]/g, (one) => entities[one] ?? one);
const escapedAttribute = (text: string): string =>
  escaped(text).replace(/[\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`);

export function xmlText({ name, attributes, children }: Element): string {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapedAttribute(value)}"`);
  const inner = children.map((one) => (typeof one === 'string' ? escaped(one) : xmlText(one)));
  return inner.length === 0 ? `<${name}${said.join('')}/>` : `<${name}${said.join('')}>${inner.join('')}</${name}>`;
}
