/**
 * Renews `src/migration/feature-matrix.ts` from AWS's documentation: which features of Gen 1 exist in Gen 2, and whether AWS's
 * migration tool takes them along.
 *
 *   git clone --depth 1 https://github.com/aws-amplify/docs && node scripts/feature-matrix.mjs docs
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMatrix, toModule } from './feature-matrix/read.mjs';

const PAGE = 'src/pages/[platform]/start/migrate-to-gen2/feature-matrix/index.mdx';

const [checkout] = process.argv.slice(2);
if (!checkout) throw new Error('Name a checkout of github.com/aws-amplify/docs.');
/** @param {string[]} args */
const git = (...args) => execFileSync('git', ['-C', checkout, ...args], { encoding: 'utf8' });

const rows = readMatrix(git('show', `HEAD:${PAGE}`));
const date = git('log', '-1', '--format=%cs').trim();
const file = fileURLToPath(new URL('../src/migration/feature-matrix.ts', import.meta.url));
writeFileSync(file, toModule(rows, date));
process.stdout.write(`${rows.length} rows as of ${date} in ${file}\n`);
