/** Every operation through the SDK's own client over a real socket: one succeeding and one failing call. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationName, operations } from '../../src/sandbox/model.ts';
import { type OperationCase, operationCases, prepareWorld } from './operation-cases.ts';
import { startTestBed, type TestBed } from './support.ts';

describe('all operations through the SDK', () => {
  let bed: TestBed;
  let cases: Record<OperationName, OperationCase>;
  beforeAll(async () => {
    bed = await startTestBed({ jobMs: 0 });
    cases = operationCases(await prepareWorld(bed.client));
    await bed.control('DELETE', 'requests');
  });
  afterAll(() => bed.close());

  it('knows the 31 operations of the service', () => {
    expect(operations.size).toBe(31);
  });

  // Failing calls come first: they must not change the state.
  it.each([...operations.keys()])('%s refuses', async name => {
    const { input, error } = cases[name].failure;
    const refused = await bed.refusal(name, input);
    expect(refused.name).toBe(error);
    expect(refused.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(refused.message).not.toBe('');
    if (error === 'NotFoundException') expect(refused.ResourceType).toEqual(expect.any(String));
  });

  it.each([...operations.keys()])('%s answers', async name => {
    const { input, answer } = cases[name];
    expect(await bed.call(name, input)).toMatchObject(answer);
  });

  it('has logged each call with its operation, key and verdict', async () => {
    const log = await bed.log();
    for (const name of operations.keys()) {
      const entries = log.filter(entry => entry.operation === name);
      expect(entries.map(entry => entry.verdict)).toEqual([cases[name].failure.error, 'ok']);
      expect(new Set(entries.map(entry => entry.accessKeyId))).toEqual(new Set(['AKIASANDBOX000000000']));
    }
    expect(log).toHaveLength(2 * operations.size);
  });
});
