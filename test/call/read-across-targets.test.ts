/** Reads without a named target: the right one is found and tried first from then on. */
import { expect, it } from 'vitest';
import { createReadAcrossTargets } from '../../src/call/read-across-targets.ts';
import { type ErrorCode, ServerError } from '../../src/errors.ts';

/** Targets by name, each with the app that it has or the way in which it refuses. */
function setUp(accounts: Readonly<Record<string, ErrorCode | { has: string }>>) {
  const asked: (string | undefined)[] = [];
  const read = createReadAcrossTargets(async (_tool, args) => {
    const { appId, target } = args as { appId: string; target?: string };
    asked.push(target);
    const account = accounts[target ?? 'only'];
    if (typeof account === 'string') throw new ServerError(account);
    if (account?.has !== appId) throw new ServerError('not_found');
    return { answer: { target }, notes: [] };
  }, Object.keys(accounts));
  return { asked, get: (appId: string) => read('get_backend', { appId }, { caller: 'ann' }) };
}

it('a single target is not named', async () => {
  const { asked, get } = setUp({ only: { has: 'd1' } });
  await get('d1');
  expect(asked).toEqual([undefined]);
});

it('tries targets until one has the app, and starts there the next time', async () => {
  const { asked, get } = setUp({ one: { has: 'd1' }, two: 'policy_denied', three: { has: 'd3' } });
  expect(await get('d3')).toMatchObject({ answer: { target: 'three' } });
  await get('d3');
  await get('d1');
  expect(asked).toEqual(['one', 'two', 'three', 'three', 'one']);
});

it.each<[string, ErrorCode, ErrorCode, ErrorCode]>([
  ['nobody knows it', 'not_found', 'not_found', 'not_found'],
  ['it is allowed nowhere', 'policy_denied', 'policy_denied', 'policy_denied'],
  ['the one that may be asked does not know it', 'not_found', 'policy_denied', 'not_found'],
  ['the same the other way round', 'policy_denied', 'not_found', 'not_found'],
  ['a failure says nothing of the app', 'access_denied', 'not_found', 'access_denied'],
])('%s: %s and %s give %s', async (_why, one, two, code) => {
  await expect(setUp({ one, two }).get('d1')).rejects.toMatchObject({ code });
});
