/**
 * What answers cost a model: the tokens of their texts, over what people ask about the sandbox's shop and about an
 * environment larger than any that is known. `npm run bench` prints them by tool.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { calls, environments } from '../../bench/environments.mjs';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { loadInto } from '../support/load-environment.ts';
import { setScene } from '../support/scene.ts';
import { environmentCases } from './cases/environments.ts';
import { resourceCases } from './cases/resources.ts';

const MEDIAN = 600;
const MOST = 3_000;

const largest = environments.find(({ size }) => size === 'largest');

/** The median: half of the numbers are not larger. */
const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

describe('the texts of answers', () => {
  const scene = setScene(today.connect, ['--confirm', 'never']);

  async function priceOf(tool: string, args: object) {
    const result = await scene.client.callTool(tool, args as Json);
    expect(result.isError, textOf(result)).toBeFalsy();
    return { tool, tokens: countTokens(textOf(result)) };
  }

  async function priceOfCalls() {
    const prices = [];
    for (const [tool, args] of calls) prices.push(await priceOf(tool, args));
    return prices;
  }

  async function priceOfCases() {
    const prices = [];
    for (const [tool, { given, args }] of Object.entries({ ...environmentCases, ...resourceCases })) {
      await scene.sandbox.reset();
      const before = given && (await scene.client.callTool(given.tool, given.args));
      if (given) scene.sandbox.finishJobs();
      prices.push(
        await priceOf(tool, typeof args === 'function' ? args(before?.structuredContent ?? {}) : args),
      );
    }
    await scene.sandbox.reset();
    return prices;
  }

  it(`have at most ${MEDIAN} tokens in the median, and none has more than ${MOST}`, async () => {
    const ofShop = [...(await priceOfCases()), ...(await priceOfCalls())];
    await loadInto(scene.sandbox, largest?.body as Json);
    const prices = [...ofShop, ...(await priceOfCalls())];
    expect(prices.filter(({ tokens }) => tokens > MOST)).toEqual([]);
    expect(median(prices.map(({ tokens }) => tokens))).toBeLessThanOrEqual(MEDIAN);
  });
});
