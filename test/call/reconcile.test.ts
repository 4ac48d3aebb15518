/** The outcome of a write whose answer was lost, also for a client that disconnects, and the result text. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GatewayGaveUp } from '../../src/aws/failures.ts';
import { abortableDelay } from '../../src/aws/wait.ts';
import type { AwsAnswer } from '../../src/call/reconcile.ts';
import { ServerError } from '../../src/errors.ts';
import { listOf, lost, ok, operationOf, play } from '../support/lost-write.ts';

describe('a client that disconnects', () => {
  it.each([
    ['during the first look', 1],
    ['during the third look', 3],
    ['during the last look', 4],
  ])('%s ends the check, and nothing is sent again', async (_, last) => {
    const controller = new AbortController();
    let looked = 0;
    const hasEnvironment = async () => {
      if (++looked === last) controller.abort();
      return false;
    };
    const { signal } = controller;
    const { outcome, sent } = await play('CloneBackend', [lost()], [], { hasEnvironment, signal });
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect({ looked, sent }).toEqual({ looked: last, sent: 1 });
  });

  it('during the second send ends without another check', async () => {
    let looked = 0;
    const hasEnvironment = async () => ++looked < 0;
    const answers = [lost(), new ServerError('cancelled')];
    const { outcome } = await play('CloneBackend', answers, [], { hasEnvironment });
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect(looked).toBe(4);
  });
});

describe('the result', () => {
  it("of an answered write is AWS's answer, without a check", async () => {
    const { outcome, sent, waits } = await play('CloneBackend', [ok], []);
    expect(outcome).toBe(ok);
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('of a write that was sent again says so, if its answer has no notes', async () => {
    const { outcome } = await play('CloneBackend', [lost(), ok], [listOf([])]);
    expect((outcome as AwsAnswer).notes).toEqual([expect.stringContaining('it was sent again, once')]);
  });

  it('of a write without evidence: it was sent once, and a person decides', async () => {
    const { outcome, sent, waits } = await play('RemoveBackendConfig', [lost()], [], {
      args: { appId: 'd1a' },
    });
    expect(outcome).toMatchObject({
      message: 'Lost. This API does not show whether RemoveBackendConfig was done; it was sent once.',
      ...{ requestId: 'r-1', found: undefined },
    });
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('of a write without evidence that was refused after throttling does not count its sends', async () => {
    const refused = new ServerError('bad_request', { cause: { $metadata: { attempts: 2 } } });
    const { outcome } = await play('CreateToken', [refused], []);
    expect((outcome as ServerError).message).toMatch(
      / This API does not show whether CreateToken was done\.$/,
    );
  });

  it('of a write that a gateway gave up on is unknown while nothing is found, and it is not sent again', async () => {
    const gaveUp = new GatewayGaveUp(new Error('504'), operationOf('CloneBackend'));
    const { outcome, sent } = await play('CloneBackend', [gaveUp, ok], [listOf([])]);
    expect(outcome).toMatchObject({ code: 'outcome_unknown' });
    expect((outcome as ServerError).message).toContain('nothing was found yet; it was not sent again');
    expect(sent).toBe(1);
  });

  it('of a deletion that was refused after throttling says that the environment is gone', async () => {
    const refused = new ServerError('not_found', { cause: { $metadata: { attempts: 2 } } });
    const args = { appId: 'd1a', backendEnvironmentName: 'qa' };
    const { outcome } = await play('DeleteBackend', [refused], [listOf([])], { args });
    expect((outcome as ServerError).message).toMatch(/Checked .*no job of this call\.$/);
  });

  it('of a refused write is the refusal', async () => {
    const refused = new ServerError('bad_request');
    const { outcome, sent, waits } = await play('CloneBackend', [refused], []);
    expect(outcome).toBe(refused);
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('of a write that was sent again says so, besides the notes of its answer', async () => {
    const { outcome } = await play('CloneBackend', [lost(), { ...ok, notes: ['Own.'] }], [listOf([])]);
    expect(outcome).toEqual({
      ...ok,
      notes: [
        'Own.',
        'The first answer to CloneBackend was lost and nothing was found of it; it was sent again, once.',
      ],
    });
  });

  it('of a second send that was refused without words of AWS has its code', async () => {
    for (const refused of [
      new ServerError('throttled', { requestId: 'r-7' }),
      new ServerError('throttled', { message: 'Words of somebody else.', requestId: 'r-7' }),
    ]) {
      const { outcome } = await play('CloneBackend', [lost(), refused], [listOf([])]);
      expect((outcome as ServerError).message).toContain('and refused (throttled). The refusal does not say');
      expect(outcome).toMatchObject({ requestId: 'r-7' });
    }
  });

  it('about all environments of an app says that each was checked', async () => {
    const { outcome } = await play('RemoveAllBackends', [lost()], [], {
      args: { appId: 'd1a', cleanAmplifyApp: true },
      environments: async () => [],
    });
    expect((outcome as ServerError).message).toBe(
      "Lost. Checked the jobs of each of the app's environments, then the app's environments: the app has no environment whose jobs could be listed; no environment is left, but the app itself still exists.",
    );
  });

  it('about an environment has its name, quoted if necessary', async () => {
    const args = { appId: 'd1a', backendEnvironmentName: 'dev', targetEnvironmentName: 'q\na' };
    const { outcome } = await play('CloneBackend', [lost()], [], { args, hasEnvironment: async () => true });
    expect((outcome as ServerError).message).toBe(
      'Lost. Checked the jobs of "q\\na" and dev, then environment "q\\na": environment "q\\na" exists, but no job shows who asked for it.',
    );
  });
});

describe('the ledger', () => {
  it('gets each send and each lost answer, in order', async () => {
    const told: string[] = [];
    const own = {
      sending: async () => void told.push('sending'),
      lost: async () => void told.push('lost'),
    };
    await play('CloneBackend', [lost(), lost()], [listOf([])], { own });
    expect(told).toEqual(['sending', 'lost', 'sending', 'lost']);
  });
});

describe('waiting between checks', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends after its time', async () => {
    vi.useFakeTimers();
    const waited = abortableDelay(1_000, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(waited).resolves.toBeUndefined();
  });

  it('ends when the client disconnects', async () => {
    const controller = new AbortController();
    const waited = abortableDelay(1_000_000, controller.signal);
    controller.abort();
    await expect(waited).rejects.toMatchObject({ code: 'cancelled' });
    await expect(abortableDelay(1_000_000, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
