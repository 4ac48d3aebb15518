/** Collects the licenses of all packages in the bundle. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `…/node_modules/@scope/name/dist/x.js` -> `…/node_modules/@scope/name` */
const PACKAGE_FOLDER = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** @param {string} folder */
async function describePackage(folder) {
  /** @type {{ name: string, version: string, license: string }} */
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find(entry => /^licen[cs]e/i.test(entry));
  const text = file
    ? (await readFile(join(folder, file), 'utf8')).trim()
    : 'The package ships no license text.';
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/**
 * A plugin that writes THIRD-PARTY-LICENSES.txt beside the bundle.
 * @param {Iterable<string>} more files whose code is in the bundle as text
 * @returns {import('rolldown').Plugin}
 */
export function licensesPlugin(more = []) {
  return {
    name: 'licenses',
    async generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap(file => (file.type === 'chunk' ? file.moduleIds : []));
      const folders = new Set([...modules, ...more].flatMap(id => PACKAGE_FOLDER.exec(id)?.[1] ?? []));
      const texts = await Promise.all([...folders].sort().map(describePackage));
      this.emitFile({
        type: 'asset',
        fileName: 'THIRD-PARTY-LICENSES.txt',
        source: texts.join(`\n${'-'.repeat(78)}\n\n`),
      });
    },
  };
}
