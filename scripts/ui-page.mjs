/**
 * Builds the page of `ui/` into one text of HTML, with script and style inside, and offers it as the module `virtual:ui-page`.
 * Its policy of content names both by their digests, so that nothing else in the page can run or be loaded.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const folder = new URL('../ui/', import.meta.url);

/** @param {string} name */
const read = name => readFile(new URL(name, folder), 'utf8');

/** @param {string} text */
const digestOf = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Without comments, indentation and line breaks: no text of the style holds any of these. */
const shortStyle = (/** @type {string} */ css) =>
  css
    .replace(/\/\*[^*]*\*\//g, '')
    .replace(/\s*\n\s*/g, '')
    .trim();

/** The script as one classic script, which also runs where the frame has no origin of its own. */
async function script() {
  const { output } = await build({
    input: fileURLToPath(new URL('main.ts', folder)),
    platform: 'browser',
    logLevel: 'warn',
    tsconfig: false,
    write: false,
    output: { format: 'iife', minify: true },
  });
  // The text of a script element ends at the first end tag, in a string too.
  return output[0].code.trim().replaceAll(/<(?=\/script|!--)/gi, '\\x3c');
}

/** The whole page, as a chat host's frame gets it. */
export async function buildPage() {
  const [html, css, code] = await Promise.all([read('page.html'), read('style.css'), script()]);
  const style = shortStyle(css);
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(code)}`,
    `style-src ${digestOf(style)}`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  /** @type {readonly (readonly [place: string, filled: string])[]} */
  const parts = [
    ['Content-Security-Policy" content=""', `Content-Security-Policy" content="${policy}"`],
    ['<style></style>', `<style>${style}</style>`],
    ['<script></script>', `<script>${code}</script>`],
  ];
  return parts.reduce(
    (page, [place, filled]) => {
      if (page.split(place).length !== 2) throw new Error(`ui/page.html needs ${place} once`);
      return page.replace(place, () => filled);
    },
    html.replace(/\n/g, ''),
  );
}

/** A plugin that resolves the module. */
export function uiPagePlugin() {
  /** @type {Promise<string> | undefined} */
  let page;
  return {
    name: 'ui-page',
    buildStart() {
      page = undefined;
    },
    /** @param {string} id */
    resolveId: id => (id === 'virtual:ui-page' ? `\0${id}` : null),
    /** @param {string} id */
    async load(id) {
      if (id !== '\0virtual:ui-page') return null;
      page ??= buildPage();
      return `export default ${JSON.stringify(await page)};`;
    },
  };
}
