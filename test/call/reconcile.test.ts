/** What becomes of a write whose answer was lost, and of a client that goes away meanwhile; and what is told of it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pause } from '../../src/aws/wait.ts';
import type { AwsAnswer } from '../../src/call/reconcile.ts';
import { ServerError } from '../../src/errors.ts';
import { listOf, lost, ok, play } from '../support/lost-write.ts';

describe('a client that goes away', () => {
  it.each([
    ['during the first look', 1],
    ['during the third look', 3],
    ['during the last look', 4],
  ])('%s ends it there, and nothing is sent again', async (_, last) => {
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

  it('while it is sent again ends it without another look', async () => {
    let looked = 0;
    const hasEnvironment = async () => ++looked < 0;
    const answers = [lost(), new ServerError('cancelled')];
    const { outcome } = await play('CloneBackend', answers, [], { hasEnvironment });
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect(looked).toBe(4);
  });
});

describe('what is told', () => {
  it("of a write that was answered: AWS's answer, with no look", async () => {
    const { outcome, sent, waits } = await play('CloneBackend', [ok], []);
    expect(outcome).toBe(ok);
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('of a write that was sent again: that alone, where its answer has no notes', async () => {
    const { outcome } = await play('CloneBackend', [lost(), ok], [listOf([])]);
    expect((outcome as AwsAnswer).notes).toEqual([expect.stringContaining('it was sent again, once')]);
  });

  it('of a write that leaves no trace: it was sent once, and a person decides', async () => {
    const { outcome, sent, waits } = await play('RemoveBackendConfig', [lost()], [], {
      args: { appId: 'd1a' },
    });
    expect(outcome).toMatchObject({
      message: 'Lost. This API does not show whether RemoveBackendConfig was done; it was sent once.',
      ...{ requestId: 'r-1', found: undefined },
    });
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('of a write that was refused: the refusal', async () => {
    const refused = new ServerError('bad_request');
    const { outcome, sent, waits } = await play('CloneBackend', [refused], []);
    expect(outcome).toBe(refused);
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('of a write that was sent again: that it was, beside what its own answer says', async () => {
    const { outcome } = await play('CloneBackend', [lost(), { ...ok, notes: ['Own.'] }], [listOf([])]);
    expect(outcome).toEqual({
      ...ok,
      notes: [
        'Own.',
        'The first answer to CloneBackend was lost and nothing was found of it; it was sent again, once.',
      ],
    });
  });

  it('of a second send that was refused without words of AWS: its code', async () => {
    for (const refused of [
      new ServerError('throttled', { requestId: 'r-7' }),
      new ServerError('throttled', { message: 'Words of somebody else.', requestId: 'r-7' }),
    ]) {
      const { outcome } = await play('CloneBackend', [lost(), refused], [listOf([])]);
      expect((outcome as ServerError).message).toContain('and refused (throttled). The refusal does not say');
      expect(outcome).toMatchObject({ requestId: 'r-7' });
    }
  });

  it('of all environments of an app: that each was looked at', async () => {
    const { outcome } = await play('RemoveAllBackends', [lost()], [], {
      args: { appId: 'd1a', cleanAmplifyApp: true },
      environments: async () => [],
    });
    expect((outcome as ServerError).message).toBe(
      "Lost. Checked the jobs of each of the app's environments, then the app's environments: the app has no environment whose jobs could be listed; no environment is left, but the app itself still exists.",
    );
  });

  it('of an environment: its name, quoted where that is no plain word', async () => {
    const args = { appId: 'd1a', backendEnvironmentName: 'dev', targetEnvironmentName: 'q\na' };
    const { outcome } = await play('CloneBackend', [lost()], [], { args, hasEnvironment: async () => true });
    expect((outcome as ServerError).message).toBe(
      'Lost. Checked the jobs of "q\\na" and dev, then environment "q\\na": environment "q\\na" exists, but no job shows who asked for it.',
    );
  });
});

describe('the ledger', () => {
  it('is told of each send and of each answer that was lost, in order', async () => {
    const told: string[] = [];
    const own = {
      sending: async () => void told.push('sending'),
      lost: async () => void told.push('lost'),
    };
    await play('CloneBackend', [lost(), lost()], [listOf([])], { own });
    expect(told).toEqual(['sending', 'lost', 'sending', 'lost']);
  });
});

describe('waiting between looks', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends with its time', async () => {
    vi.useFakeTimers();
    const waited = pause(1_000, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(waited).resolves.toBeUndefined();
  });

  it('ends with the client', async () => {
    const controller = new AbortController();
    const waited = pause(1_000_000, controller.signal);
    controller.abort();
    await expect(waited).rejects.toMatchObject({ code: 'cancelled' });
    await expect(pause(1_000_000, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
