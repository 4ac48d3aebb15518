/** The feature matrix of AWS: read from its page, named by the requirements, and said to be old. */
import { expect, it } from 'vitest';
import { readMatrix, toModule } from '../../scripts/feature-matrix/read.mjs';
import { matrixDate, matrixRows } from '../../src/migration/feature-matrix.ts';
import { matrixAge } from '../../src/migration/index.ts';
import { requirements, supportOf, toolActionOf } from '../../src/migration/requirements.ts';

it('says that the matrix is old after 90 days', () => {
  const date = Date.parse(matrixDate);
  expect(matrixAge(date + 90 * 86_400_000).isOld).toBe(false);
  expect(matrixAge(date + 91 * 86_400_000).isOld).toBe(true);
});

it('names rows that AWS has, and says what the tool does', () => {
  const rows = new Set(matrixRows.map(([section, feature]) => `${section}/${feature}`));
  for (const [name, requirement] of Object.entries(requirements)) {
    if ('row' in requirement) expect(rows, name).toContain(requirement.row);
    expect(toolActionOf(requirement)).toMatch(/\.$/);
  }
  expect(supportOf('Data/searchable')).toBe('unsupported');
  expect(supportOf('Data/x')).toBe('not in the matrix');
});

it('reads the matrix from the page of AWS', () => {
  const page = [
    '| Feature | Gen 1 | Gen 2 | Migration Tool |',
    '| no | Yes | Yes | 🟢 |',
    '## Backend Categories',
    '### Auth',
    '',
    '| Feature | Gen 1 | Gen 2 | Migration Tool |',
    '|---|---|---|---|',
    "| User's groups | Yes | [Yes with `CDK`](/x/) | 🔴 |",
    '| SAML | No | Yes | - |',
    '### Geo',
    '| Feature | Gen 1 | Gen 2 | Migration Tool |',
    '|---|---|---|---|',
    '| Fences | Yes | Yes | 🟠 |',
    '## Tooling',
    '| Feature | Gen 1 | Gen 2 |',
    '| no | Yes | No |',
  ].join('\n');
  const rows = readMatrix(page);
  expect(rows).toEqual([
    { section: 'Auth', feature: "User's groups", gen2: 'Yes with CDK', tool: 'unsupported' },
    { section: 'Geo', feature: 'Fences', gen2: 'Yes', tool: 'generate only' },
  ]);
  expect(toModule(rows, '2026-01-01')).toContain(
    `['Auth', 'User\\'s groups', 'Yes with CDK', 'unsupported']`,
  );
});
