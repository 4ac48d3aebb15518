/**
 * The scripted agent on both surfaces. It must meet every request, send no wrong write, and need no more calls and tokens than
 * the limits. A change that needs fewer lowers the limits.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredTools } from '../../src/tools/index.ts';
import { scriptedDriver } from './driver.ts';
import { connectInProcess, shareConnections } from './in-process.ts';
import { play, type Score, type Surface } from './play.ts';
import { faultsOf, totalsOf } from './report.ts';
import type { AgentRequest } from './request.ts';
import { counted, requests } from './requests.ts';
import { startWorld, type World } from './world.ts';

/** The limits for all requests together. Tokens are those of the answers' texts. */
const limits = {
  full: { calls: 71, countedCalls: 20, medianAnswerTokens: 600, answerTokens: 31_000 },
  compact: { calls: 24, countedCalls: 0, medianAnswerTokens: 1_300, answerTokens: 9_500 },
} as const;

it('there are 40 requests and more, and the calls of thirteen are counted together', () => {
  expect(requests.length).toBeGreaterThanOrEqual(40);
  expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
  expect(counted.size).toBe(13);
});

/** A request whose tools are all listed needs the same calls on both surfaces, so it is not played on the compact one. */
const workflowNames = new Set(declaredTools.map(({ toolName }) => toolName));
const playedOn = {
  full: requests,
  compact: requests.filter(({ calls }) => calls.some(({ tool }) => !workflowNames.has(tool))),
} as const;

describe.each(['full', 'compact'] as const)('on the %s surface', (surface: Surface) => {
  const played = playedOn[surface];
  let world: World;
  const scores: Score[] = [];
  const shared = shareConnections();
  /** A server remembers jobs, so requests share one only if none of them writes or changes the world. */
  const connectFor = ({ writes, world: steps }: AgentRequest) =>
    writes || steps ? connectInProcess : shared.connect;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await shared.close();
    await world.close();
  });

  it.each(played)('$id: $says', async request => {
    const score = await play(request, {
      world,
      connect: connectFor(request),
      driver: scriptedDriver,
      surface,
    });
    scores.push(score);
    expect(faultsOf(score)).toEqual([]);
  });

  it('takes no more calls and tokens than before, and writes nothing wrong', () => {
    const totals = totalsOf(scores, surface, counted);
    expect(totals).toMatchObject({ requests: played.length, right: played.length, wrongWrites: 0 });
    const { calls, countedCalls, medianAnswerTokens, answerTokens } = limits[surface];
    expect(totals.calls).toBeLessThanOrEqual(calls);
    expect(totals.countedCalls).toBeLessThanOrEqual(countedCalls);
    expect(totals.medianAnswerTokens).toBeLessThanOrEqual(medianAnswerTokens);
    expect(totals.answerTokens).toBeLessThanOrEqual(answerTokens);
  });
});
