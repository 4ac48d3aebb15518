/** Two resources of which one's name begins with the other's are two: what is wrong with one says nothing of the other. */
import { expect, it } from 'vitest';
import { compareSettings } from '../../src/workflows/comparison.ts';

const environment = (minimum: number, other: number) => ({
  settings: {
    auth: {
      shop: { service: 'Cognito', passwordPolicy: { minimumLength: minimum } },
      shop2: { service: 'Cognito', passwordPolicy: { minimumLength: other } },
    },
  },
  isEmpty: false,
  hasSecrets: false,
});

it.each([
  ['shop2', environment(8, 12), 'shop'],
  ['shop', environment(12, 8), 'shop2'],
])('a difference in %s alone', async (differs, right, same) => {
  const compared = await compareSettings(environment(8, 8), right);
  expect(compared.differences.map(({ path }) => path)).toEqual([
    `auth/${differs}/passwordPolicy/minimumLength`,
  ]);
  expect(compared.same).toEqual([`auth/${same}`]);
});
