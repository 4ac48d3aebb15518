/**
 * Creates elements safely: texts are never parsed as markup, and no allowed attribute can hold a script or an address.
 * A view creates all its elements again on each change. `morph` applies only the differences to the shown elements, so that
 * focus, typed text and opened details stay.
 */
import { nameText, proseText } from './text.ts';

type Child = Node | string | number | false | null | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Handler = (event: Event, element: HTMLElement) => void;

const ATTRIBUTE =
  /^(?:aria-[a-z]+|data-[a-z]+|class|for|id|role|scope|colspan|type|name|value|title|tabindex|open|hidden|disabled|selected|checked|readonly|rows|max|autocomplete|spellcheck|placeholder|dir|lang)$/;

const handlers = new WeakMap<Element, Map<string, Handler>>();

/** An element. `false` and `undefined` leave an attribute or a child out. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes | null,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes ?? {})) {
    if (!ATTRIBUTE.test(attribute)) throw new Error(`no attribute ${attribute}`);
    if (value !== undefined && value !== false)
      element.setAttribute(attribute, value === true ? '' : String(value));
  }
  for (const child of children.flat())
    if (child instanceof Node) element.append(child);
    else if (child !== undefined && child !== null && child !== false) element.append(String(child));
  return element;
}

/** Calls `handler` on an event of the element, or of one within it. */
export function on<Element extends HTMLElement>(element: Element, event: string, handler: Handler): Element {
  const own = handlers.get(element) ?? new Map<string, Handler>();
  handlers.set(element, own.set(event, handler));
  return element;
}

/** Listens on the root, and passes each event to the handler of the innermost element that has one. */
export function listen(root: HTMLElement): void {
  openForPrint(root);
  for (const type of ['click', 'input', 'change', 'submit', 'keydown'])
    root.addEventListener(type, event => {
      for (let at = event.target as Element | null; at; at = at.parentElement) {
        const handler = handlers.get(at)?.get(type);
        if (!handler) continue;
        if (type === 'submit') event.preventDefault();
        handler(event, at as HTMLElement);
        return;
      }
    });
}

/** Opens all closed details while the page is printed. */
function openForPrint(root: HTMLElement): void {
  let opened: readonly HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    opened = [...root.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
    for (const one of opened) one.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const one of opened) one.open = false;
    opened = [];
  });
}

/** Whether only the person changes an attribute, so that redrawing must keep it: whether details are open. */
const isLeftToPerson = (element: Element, attribute: string) =>
  attribute === 'open' && element.tagName === 'DETAILS';

function morphAttributes(from: Element, to: Element): void {
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !isLeftToPerson(from, name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value && !isLeftToPerson(from, name)) from.setAttribute(name, value);
}

const keyOf = (node: Node) =>
  node instanceof Element ? `${node.tagName} ${node.getAttribute('data-key') ?? ''}` : String(node.nodeType);

/** Changes `from` in place so that it equals `to`. */
export function morph(from: Element, to: Element): void {
  const own = handlers.get(to);
  if (own) handlers.set(from, own);
  else handlers.delete(from);
  morphAttributes(from, to);
  const kept = new Map<string, ChildNode>();
  for (const child of from.childNodes) if (hasKey(child)) kept.set(keyOf(child), child);
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const same = hasKey(wanted)
      ? kept.get(keyOf(wanted))
      : at && keyOf(at) === keyOf(wanted)
        ? at
        : undefined;
    if (!same) from.insertBefore(wanted, at);
    else {
      if (same === at) at = at.nextSibling;
      else from.insertBefore(same, at);
      if (same instanceof Element) morph(same, wanted as Element);
      else if (same.nodeValue !== wanted.nodeValue) same.nodeValue = wanted.nodeValue;
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

const hasKey = (node: Node): boolean => node instanceof Element && node.hasAttribute('data-key');

/** Shows a foreign name or value. */
export const named = (value: unknown, most?: number) => el('bdi', { class: 'name' }, nameText(value, most));

/** Shows foreign prose, or prose of the server with foreign names in it. */
export const prose = (value: unknown, className = '') =>
  el('p', { class: `prose ${className}`.trim(), dir: 'auto' }, proseText(value));

/** A list of sentences; nothing for an empty list. */
export const sentences = (list: readonly unknown[] | undefined) =>
  list &&
  list.length > 0 &&
  el(
    'ul',
    { class: 'sentences' },
    list.map(one => el('li', { dir: 'auto' }, proseText(one))),
  );

export const button = (label: string, press: () => void, attributes: Attributes = {}) =>
  on(el('button', { type: 'button', ...attributes }, label), 'click', press);

/** A part of the page under a heading. */
export function section(heading: string, key: string, ...children: readonly (Child | readonly Child[])[]) {
  const id = `part-${key}`;
  return el('section', { 'aria-labelledby': id, 'data-key': key }, el('h2', { id }, heading), ...children);
}

/** Labels each cell with its column, for narrow screens without columns. A cell that has a label already keeps it. */
function labelCells(row: HTMLElement, labels: readonly string[]): void {
  if (row.tagName === 'TBODY') for (const one of row.children) labelCells(one as HTMLElement, labels);
  else
    [...row.children].forEach((cell, at) => {
      if (cell.tagName === 'TD' && !cell.hasAttribute('data-side'))
        cell.setAttribute('data-side', labels[at] ?? '');
    });
}

/** @param rows rows, or groups of rows, each a `tbody` of its own */
export function table(
  caption: string,
  columns: readonly (string | HTMLElement)[],
  rows: readonly HTMLElement[],
  className = '',
) {
  const heads = columns.map(column =>
    typeof column === 'string' ? el('th', { scope: 'col' }, column) : column,
  );
  const labels = heads.map(head => head.firstChild?.textContent ?? '');
  for (const row of rows) labelCells(row, labels);
  return el(
    'div',
    { class: 'scroll', role: 'group', tabindex: 0, 'aria-label': caption },
    el(
      'table',
      { class: className },
      el('caption', { class: 'unseen' }, caption),
      el('thead', null, el('tr', null, heads)),
      rows.some(row => row.tagName === 'TBODY') ? rows : el('tbody', null, rows),
    ),
  );
}

/**
 * A group of fields that a button or Enter submits. It is not a `form`: in a frame without `allow-forms`, browsers do not
 * even fire its submit event.
 */
export function question(
  label: string,
  key: string,
  act: (fields: HTMLElement) => void,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElement {
  const fields = el('div', { role: 'group', 'aria-label': label, 'data-key': key, class: key }, ...children);
  return on(fields, 'keydown', (event, element) => {
    const isField = event.target instanceof HTMLInputElement;
    if (isField && (event as KeyboardEvent).key === 'Enter') act(element);
  });
}
