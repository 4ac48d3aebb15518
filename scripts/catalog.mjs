/**
 * Derives the tool list at build time: bundles derive-catalog.mjs, runs it over tool-descriptions/, and offers the
 * result as the module `virtual:tool-catalog`. The tools of the page (`virtual:page-tools`) and the requests under the
 * descriptions (`virtual:tool-requests`) are modules of their own, so that a start does not load them.
 */
import { pathToFileURL } from 'node:url';
import { bundle, withTemporaryFolder } from './bundle-file.mjs';

/** @typedef {typeof import('./derive-catalog.mjs')} DeriveCatalog */
/** @typedef {Awaited<ReturnType<DeriveCatalog['deriveCatalog']>>} Derived */

const descriptions = new URL('../tool-descriptions/', import.meta.url);

/** @returns {Promise<Derived>} */
function derive() {
  return withTemporaryFolder('tool-catalog', async folder => {
    const file = await bundle(new URL('derive-catalog.mjs', import.meta.url), folder);
    /** @type {DeriveCatalog} */
    const { deriveCatalog } = await import(pathToFileURL(file).href);
    return deriveCatalog(descriptions);
  });
}

/** @type {ReadonlyMap<string, keyof Derived>} the modules, each with the part that it offers */
const modules = new Map([
  ['virtual:tool-catalog', 'catalog'],
  ['virtual:page-tools', 'pageTools'],
  ['virtual:tool-requests', 'requests'],
]);

/** A plugin that provides the modules. They parse JSON, which is faster than an object literal of that size. */
export function catalogPlugin() {
  /** @type {Promise<Derived> | undefined} */
  let derived;
  return {
    name: 'tool-catalog',
    buildStart() {
      derived = undefined;
    },
    /** @param {string} id */
    resolveId: id => (modules.has(id) ? `\0${id}` : null),
    /** @param {string} id */
    async load(id) {
      const part = id.startsWith('\0') ? modules.get(id.slice(1)) : undefined;
      if (!part) return null;
      derived ??= derive();
      const json = JSON.stringify((await derived)[part]);
      return `export default JSON.parse(${JSON.stringify(json)});`;
    },
  };
}
