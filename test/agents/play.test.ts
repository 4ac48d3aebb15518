/** The scores of a bad agent: a wrong write, a wrong end state, a fact that the user was not told, and an error. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Driver } from './driver.ts';
import { shareConnections } from './in-process.ts';
import { isRight, play, type Score } from './play.ts';
import { faultsOf, tableOf, totalsOf } from './report.ts';
import type { AgentRequest } from './request.ts';
import { startWorld, type World } from './world.ts';

let world: World;
const shared = shareConnections();
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await shared.close();
  await world.close();
});

const request: AgentRequest = { id: 'apps', says: 'Which apps?', calls: [], tells: ['shop'] };
const token = { tool: 'create_token', args: { appId: 'd1sandboxshop' } };
const played = (act: Driver['play'], more: Partial<AgentRequest> = {}): Promise<Score> =>
  play(
    { ...request, ...more },
    { world, connect: shared.connect, driver: { name: 'bad', play: act }, surface: 'full' },
  );

it('notices a write that may not happen, and one that happens twice', async () => {
  const twice: Driver['play'] = async (_, session) => {
    await session.call(token.tool, token.args);
    await session.call(token.tool, token.args);
    return { says: 'shop' };
  };
  expect(faultsOf(await played(twice))).toEqual([
    'wrong write: CreateToken',
    'wrong write: CreateToken',
    'the end state is wrong',
  ]);
  const once = { writes: ['CreateToken'], end: () => true };
  expect((await played(twice, once)).wrongWrites).toEqual(['CreateToken']);
});

it('notices what the user did not learn, and hears the last words', async () => {
  expect(faultsOf(await played(async () => ({ says: '' })))).toEqual(['not told: shop']);
  expect(isRight(await played(async () => ({ says: 'There is shop.' })))).toBe(true);
});

it('continues if a driver stops, and says why', async () => {
  const score = await played(async () => {
    throw new Error('the model is gone');
  });
  expect(faultsOf(score)).toEqual(['the model is gone', 'not told: shop']);
  const totals = totalsOf([score], 'full', new Set(['apps']));
  expect(totals).toMatchObject({ requests: 1, right: 0, calls: 0, countedCalls: 0, wrongWrites: 0 });
  expect(tableOf([score], [totals])).toMatch(/^apps +full +0 +\d+ {2}the model is gone; not told: shop$/m);
});
