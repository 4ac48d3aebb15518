/**
 * Builds each document of `ui/` into one HTML text with script and style inside, and offers it as a module. Its Content
 * Security Policy allows both by their digests, so that nothing else can run or be loaded.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import pkg from '../package.json' with { type: 'json' };

const folder = new URL('../ui/', import.meta.url);

/** The files in the scripts that were built so far, whose licenses are shipped too. @type {Set<string>} */
export const bundledModules = new Set();

/** @param {string} name */
const read = name => readFile(new URL(name, folder), 'utf8');

/** @param {string} text */
const digestOf = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Removes comments, indentation and line breaks. No string in the style sheet contains any of these. */
const shortStyle = (/** @type {string} */ css) =>
  css
    .replace(/\/\*[^*]*\*\//g, '')
    .replace(/\s*\n\s*/g, '')
    .trim();

/**
 * Bundles a script as a classic script, which also runs in a frame with an opaque origin.
 * @param {string} file
 */
async function bundleScript(file) {
  const { output } = await build({
    input: fileURLToPath(new URL(file, folder)),
    platform: 'browser',
    logLevel: 'warn',
    tsconfig: false,
    transform: { define: { PAGE_VERSION: JSON.stringify(pkg.version) } },
    write: false,
    output: { format: 'iife', minify: true },
  });
  for (const id of output[0].moduleIds) bundledModules.add(id);
  // An end tag ends the script element even inside a string.
  return output[0].code.trim().replaceAll(/<(?=\/script|!--)/gi, '\\x3c');
}

/** The modules, each with the files of its document. */
const documents = {
  'virtual:ui-page': { html: 'page.html', script: 'main.ts' },
  'virtual:ui-sign-in': { html: 'sign-in.html', script: 'sign-in.ts' },
};

/**
 * Builds a whole document. The page has the form for a chat host's frame.
 * @param {keyof typeof documents} name
 */
export async function buildPage(name = 'virtual:ui-page') {
  const file = documents[name];
  const [html, css, code] = await Promise.all([
    read(file.html),
    read('style.css'),
    bundleScript(file.script),
  ]);
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
      if (page.split(place).length !== 2) throw new Error(`ui/${file.html} needs ${place} once`);
      return page.replace(place, () => filled);
    },
    html.replace(/\n/g, ''),
  );
}

/** A plugin that resolves the modules. */
export function uiPagePlugin() {
  /** @type {Map<string, Promise<string>>} */
  const built = new Map();
  return {
    name: 'ui-page',
    buildStart() {
      built.clear();
    },
    /** @param {string} id */
    resolveId: id => (Object.hasOwn(documents, id) ? `\0${id}` : null),
    /** @param {string} id */
    async load(id) {
      const name = /** @type {keyof typeof documents} */ (id.slice(1));
      if (!id.startsWith('\0') || !Object.hasOwn(documents, name)) return null;
      const page = built.get(name) ?? buildPage(name);
      built.set(name, page);
      return `export default ${JSON.stringify(await page)};`;
    },
  };
}
