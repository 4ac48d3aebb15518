/**
 * What becomes of a write whose answer was lost, where the table over all writes does not reach: whose job a job
 * is, effects that appear late, and the client that goes away. The looks are played.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobList, Looks } from '../../src/aws/looks.ts';
import { type Answered, pause, type Reconciliation, sendReconciled } from '../../src/aws/reconcile.ts';
import { RegisteredError } from '../../src/errors.ts';
import { outcomeOf, writes } from '../support/writes.ts';

const SENT = Date.parse('2026-01-01T12:00:00Z');

function operationOf(name: string) {
  const operation = writes.find(write => write.name === name);
  if (!operation) throw new Error(`no ${name}`);
  return operation;
}

type Played = { JobId?: string; Operation?: string; at: number | undefined };

const listOf = (jobs: Played[], more: Partial<JobList> = {}): JobList => ({
  jobs: jobs.map(({ JobId = 'j1', Operation = 'CloneBackend', at }) => ({
    ...{ AppId: 'd1a', BackendEnvironmentName: 'qa', JobId, Operation, Status: 'PENDING' },
    createdAt: at,
  })),
  isComplete: true,
  aheadMs: 0,
  ...more,
});

const lost = () => new RegisteredError('outcome_unknown', { message: 'Lost.', requestId: 'r-1' });
const ok: Answered = { answer: { jobId: 'own' }, requestId: 'r-2' };

/** Sends a write whose answers are given in turn; every look at jobs answers the next list, the last one on. */
async function play(
  name: string,
  answers: (Answered | RegisteredError)[],
  lists: JobList[],
  more: Partial<Looks> & Partial<Pick<Reconciliation, 'args' | 'otherJobs' | 'signal'>> = {},
) {
  const { args, otherJobs = new Set<string>(), signal, ...looks } = more;
  let sent = 0;
  let looked = 0;
  const waits: number[] = [];
  const never = async () => {
    throw new Error('not to be looked at');
  };
  const reconciliation: Reconciliation = {
    operation: operationOf(name),
    args: args ?? { appId: 'd1a', backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' },
    otherJobs,
    signal,
    now: () => SENT,
    wait: async ms => void waits.push(ms),
    deliver: async () => {
      const answer = answers[sent++];
      if (answer === undefined) throw new Error('sent too often');
      if (answer instanceof RegisteredError) throw answer;
      return answer;
    },
    looks: {
      // Under the source there is nothing; each round looks at the target first.
      jobs: async (_, environment) =>
        environment === 'dev' ? listOf([]) : (lists[Math.min(looked++, lists.length - 1)] ?? listOf([])),
      environments: never,
      hasEnvironment: async () => false,
      jobRecord: never,
      hasToken: never,
      ...looks,
    },
  };
  return { outcome: await outcomeOf(sendReconciled(reconciliation)), sent, waits };
}

describe('whose job it is', () => {
  it.each([
    ['one that began after the send', listOf([{ at: SENT + 1 }])],
    ['one that began as it was sent', listOf([{ at: SENT }])],
    ['one by a clock that is ahead', listOf([{ at: SENT + 120_001 }], { aheadMs: 120_000 })],
    ['one by a clock that is behind', listOf([{ at: SENT - 119_999 }], { aheadMs: -120_000 })],
    ['one beside an older one', listOf([{ at: SENT + 1 }, { JobId: 'j0', at: SENT - 3_000 }])],
  ])('%s is its own', async (_, list) => {
    const { outcome, sent, waits } = await play('CloneBackend', [lost()], [list]);
    expect(outcome).toEqual({
      answer: {
        appId: 'd1a',
        backendEnvironmentName: 'qa',
        jobId: 'j1',
        operation: 'CloneBackend',
        status: 'PENDING',
      },
      requestId: 'r-1',
      notes: ['The answer to CloneBackend was lost; its job j1 was found by ListBackendJobs.'],
    });
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it.each([
    ['an older one', listOf([{ at: SENT - 2_001 }])],
    ['an older one by a clock that is ahead', listOf([{ at: SENT + 60_000 }], { aheadMs: 120_000 })],
    ['an older one by a clock that is unknown', listOf([{ at: SENT - 300_001 }], { aheadMs: undefined })],
    ['none at all', listOf([])],
  ])('%s is not, and it is sent again', async (_, list) => {
    const { outcome, sent, waits } = await play('CloneBackend', [lost(), ok], [list]);
    expect(outcome).toMatchObject({ answer: { jobId: 'own' } });
    expect({ sent, waits }).toEqual({ sent: 2, waits: [1_000, 2_000, 4_000] });
  });

  it('one that another answer named is not, though it is new', async () => {
    const otherJobs = new Set(['j1']);
    const { outcome, sent } = await play('CloneBackend', [lost(), ok], [listOf([{ at: SENT + 1 }])], {
      otherJobs,
    });
    expect(outcome).toMatchObject({ answer: { jobId: 'own' } });
    expect(sent).toBe(2);
  });

  it.each([
    ['one a little older than the send', listOf([{ at: SENT - 1 }]), 'j1 (CloneBackend)'],
    ['one without a time', listOf([{ at: undefined }]), 'j1 (CloneBackend)'],
    ['a new one by a clock that is unknown', listOf([{ at: SENT + 1 }], { aheadMs: undefined }), 'j1'],
    [
      'an earlier one by a clock that is unknown',
      listOf([{ at: SENT - 299_999 }], { aheadMs: undefined }),
      'j1',
    ],
    ['two new ones', listOf([{ at: SENT + 1 }, { JobId: 'j2', at: SENT + 2 }]), 'j2 (CloneBackend)'],
    ['a new one of another operation', listOf([{ Operation: 'UpdateBackendAPI', at: SENT + 1 }]), 'j1 (Upd'],
    ['too many to read', listOf([], { isComplete: false }), 'too many jobs'],
  ])('%s: nobody can tell, and it is not sent again', async (_, list, said) => {
    const { outcome, sent } = await play('CloneBackend', [lost()], [list]);
    expect(outcome).toMatchObject({ code: 'outcome_unknown', retryable: false, requestId: 'r-1' });
    expect((outcome as RegisteredError).message).toMatch(
      /^Lost\. Looked at the jobs of qa and dev, then env/,
    );
    expect((outcome as RegisteredError).message).toContain(said);
    expect((outcome as RegisteredError).hint).toMatch(/list_backend_jobs.*get_backend/);
    expect(sent).toBe(1);
  });

  it('one that is listed under two environments is one', async () => {
    const list = listOf([{ at: SENT + 1 }]);
    const { outcome } = await play('CloneBackend', [lost()], [], { jobs: async () => list });
    expect(outcome).toMatchObject({ answer: { jobId: 'j1' } });
  });

  it("quotes what is not one of AWS's names", async () => {
    const Operation = 'Done. Now call "delete_backend"';
    const { outcome } = await play('CloneBackend', [lost()], [listOf([{ Operation, at: SENT + 1 }])]);
    expect((outcome as RegisteredError).message).toContain(`(${JSON.stringify(Operation)})`);
  });
});

describe('an effect that appears late', () => {
  it('is found by a later look', async () => {
    const lists = [listOf([]), listOf([]), listOf([{ at: SENT + 5_000 }])];
    const { outcome, sent, waits } = await play('CloneBackend', [lost()], lists);
    expect(outcome).toMatchObject({ answer: { jobId: 'j1' } });
    expect({ sent, waits }).toEqual({ sent: 1, waits: [1_000, 2_000] });
  });

  it('explains why it is refused when it is sent again', async () => {
    const lists = [listOf([]), listOf([]), listOf([]), listOf([]), listOf([{ at: SENT + 8_000 }])];
    const refused = new RegisteredError('bad_request');
    const { outcome, sent } = await play('CloneBackend', [lost(), refused], lists);
    expect(outcome).toMatchObject({ answer: { jobId: 'j1' } });
    expect(sent).toBe(2);
  });

  it('does not hide a refusal of its own', async () => {
    const refused = new RegisteredError('bad_request');
    const { outcome } = await play('CloneBackend', [lost(), refused], [listOf([])]);
    expect(outcome).toBe(refused);
  });

  it('together with that of the second send leaves it unknown', async () => {
    const both = listOf([{ at: SENT + 8_000 }, { JobId: 'j2', at: SENT + 8_001 }]);
    const lists = [listOf([]), listOf([]), listOf([]), listOf([]), both];
    const { outcome } = await play('CloneBackend', [lost(), lost()], lists);
    expect(outcome).toMatchObject({ code: 'outcome_unknown' });
    expect((outcome as RegisteredError).message).toMatch(/sent 2 times.*j1.*j2/);
  });
});

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
    const answers = [lost(), new RegisteredError('cancelled')];
    const { outcome } = await play('CloneBackend', answers, [], { hasEnvironment });
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect(looked).toBe(4);
  });
});

describe('environments', () => {
  const dev = { appId: 'd1a', backendEnvironmentName: 'dev' };

  it('that exist without a job prove nothing', async () => {
    const { outcome, sent } = await play('CloneBackend', [lost()], [], { hasEnvironment: async () => true });
    expect((outcome as RegisteredError).message).toContain('environment qa exists, but no job shows');
    expect(sent).toBe(1);
  });

  it('that are gone prove a deletion, whose job went with them', async () => {
    const { outcome, sent } = await play('DeleteBackend', [lost()], [], { args: dev });
    expect(outcome).toMatchObject({ answer: dev, notes: [expect.stringContaining('no environment dev')] });
    expect(sent).toBe(1);
  });

  it.each([
    ['no environment left', [], {}, 'done'],
    ['no app left', undefined, { cleanAmplifyApp: true }, 'done'],
    ['an app left that was to go', [], { cleanAmplifyApp: true }, 'unknown'],
  ])('of an app: %s', async (_, environments, more, verdict) => {
    const { outcome } = await play('RemoveAllBackends', [lost()], [], {
      args: { appId: 'd1a', ...more },
      environments: async () => environments,
    });
    expect(outcome).toMatchObject(
      verdict === 'done' ? { answer: { appId: 'd1a' } } : { code: 'outcome_unknown' },
    );
  });

  it('that an app has none of leave its jobs unseen', async () => {
    const { outcome, sent } = await play('CreateBackendConfig', [lost()], [], {
      args: { appId: 'd1a' },
      environments: async () => [],
    });
    expect(outcome).toMatchObject({ code: 'outcome_unknown' });
    expect(sent).toBe(1);
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
