/**
 * Writes the table of docs/hosts.md from observed.json.
 *
 * @typedef {import('./steps.mjs').Observed & {
 *   readonly package: string, readonly version: string, readonly transport: import('./hosts.mjs').Transport,
 * }} Row
 */
import { readFile, writeFile } from 'node:fs/promises';
import { hosts } from './hosts.mjs';

const PAGE = new URL('../../docs/hosts.md', import.meta.url);
const OBSERVED = new URL('observed.json', import.meta.url);

/** @returns {Promise<Row[]>} */
export const readObserved = async () => JSON.parse(await readFile(OBSERVED, 'utf8'));

const NONE = '–';
const head = [
  'client',
  'version',
  'over',
  'tools',
  'reads',
  'a failure tells',
  'resource',
  'clone',
  'strict schemas',
  'its model sees',
];

/** @param {Row} row */
function cells({
  package: name,
  version,
  transport,
  tools,
  read,
  failure,
  resource,
  clone,
  progress,
  strict,
  sees,
}) {
  const host = hosts.find(one => one.package === name);
  const reports = progress === undefined ? '' : `, ${progress === 0 ? 'no' : 'with'} progress`;
  return [
    host?.name ?? name,
    version,
    transport,
    tools,
    read,
    failure,
    resource ?? NONE,
    `${clone}${reports}`,
    strict ?? NONE,
    sees,
  ];
}

/** @param {readonly Row[]} rows */
export const hostsTable = rows =>
  [head, head.map(() => '---'), ...rows.map(cells)]
    .map(row => `| ${row.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/** Writes the table into the page, as `npm run docs` does. */
export async function renewPage() {
  const page = await readFile(PAGE, 'utf8');
  const table = hostsTable(await readObserved());
  await writeFile(
    PAGE,
    page.replace(
      /(<!-- generated: hosts -->\n)[\s\S]*?(<!-- end -->)/,
      (_, open, end) => `${open}\n${table}\n\n${end}`,
    ),
  );
}
