/** The documents of the board: HTML for a browser, with headers that keep it out of other pages, caches and referrers. */
import type { FastifyReply } from 'fastify';

/** A document whose meta element holds its content security policy. */
export interface Document {
  readonly html: string;
  /** Values that its script reads from meta elements in the head, by name. They are text, not markup. */
  readonly values?: Readonly<Record<string, string>>;
  /** The only URLs that its script may connect to; default: those of the document's own policy. */
  readonly connectTo?: readonly string[];
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text, escaped for an element or an attribute. */
const escaped = (text: string) => text.replace(/[&<>"]/g, character => escapes[character] ?? '');

const POLICY = 'http-equiv="Content-Security-Policy" content="';

/** The content security policy in a document. @throws if it has none, which is a defect */
function policyIn(html: string): string {
  const start = html.indexOf(POLICY) + POLICY.length;
  if (start < POLICY.length) throw new Error('the document has no content security policy');
  return html.slice(start, html.indexOf('"', start));
}

/** A plain page of one sentence or two, without script. */
export const plainPage = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escaped(title)}</title></head><body><h1>${escaped(title)}</h1><p>${escaped(text)}</p></body></html>`;

/** Sends a document, with the status that the reply has. */
export async function sendDocument(
  reply: FastifyReply,
  { html, values = {}, connectTo }: Document,
): Promise<void> {
  const metas = Object.entries(values).map(
    ([name, value]) => `<meta name="amplify-${name}" content="${escaped(value)}">`,
  );
  const policy = policyIn(html);
  const own = connectTo
    ? policy.replace(/connect-src [^;]*/, () => `connect-src ${connectTo.join(' ')}`)
    : policy;
  await reply
    .headers({
      'content-security-policy': `${own}; frame-ancestors 'none'`,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    .send(html.replace(policy, () => own).replace('</head>', () => `${metas.join('')}</head>`));
}
