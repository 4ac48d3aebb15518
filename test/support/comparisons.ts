/** Two environments that a test makes up, compared. */
import {
  compareEnvironments,
  type EnvironmentComparison,
  type EnvironmentSources,
} from '../../src/environment/index.ts';
import { metaOf, read } from './metas.ts';

export type More = Partial<EnvironmentSources>;

export async function compare(left: unknown, right: unknown, ofLeft: More = {}, ofRight: More = {}) {
  const found = await compareEnvironments(
    await read(left, ofLeft),
    await read(right, { environment: 'prod', ...ofRight }),
  );
  if (found.state !== 'compared') throw new Error(found.why.join());
  return found;
}

/** Of two entries of the same resource. */
export const ofEntries = (category: string, left: object, right: object): Promise<EnvironmentComparison> =>
  compare(metaOf({ [category]: { it: left } }), metaOf({ [category]: { it: right } }, 'prod'));

export const textOf = ({ differences }: EnvironmentComparison) =>
  differences.map(({ path, left, right }) => `${path}: ${JSON.stringify(left)} → ${JSON.stringify(right)}`);

/** An entry with other outputs. */
export const having = <Entry extends { readonly output: object }>(entry: Entry, output: object) => ({
  ...entry,
  output: { ...entry.output, ...output },
});

/** The entry as another environment of the project has it. */
export const twinOf = (entry: object): object =>
  JSON.parse(
    JSON.stringify(entry)
      .replaceAll(/-dev\b/g, '-prod')
      .replaceAll('_dev', '_prod')
      .replaceAll('/dev', '/prod')
      .replaceAll('eu-west-1', 'us-east-2')
      .replaceAll('210987654321', '123123123123')
      .replaceAll('Bakers001', 'Twinny999')
      .replaceAll('2024-', '2025-')
      .replaceAll('0f1e2d3c', '99999999')
      .replaceAll('bread', 'toast')
      .replaceAll('oven012345', 'heat987654')
      .replaceAll('1a2b3c4d', '5e6f7a8b')
      .replaceAll('BAKERY', 'TWIN00')
      .replaceAll('d2bakery', 'd9othero')
      .replaceAll('aa11bb22', 'zz99yy88')
      .replaceAll('scene-77', 'scene-99')
      .replaceAll('example/77', 'example/99'),
  );
