/**
 * Evidence besides jobs that a write whose answer was lost was done: environments, records, tokens,
 * configurations.
 */
import { describe, expect, it } from 'vitest';
import type { EvidenceReads, JobList } from '../../src/aws/evidence-reads.ts';
import type { AwsAnswer } from '../../src/call/reconcile.ts';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import { listOf, lost, ok, play, SENT } from '../support/lost-write.ts';

describe('environments', () => {
  const dev = { appId: 'd1a', backendEnvironmentName: 'dev' };

  it('that exist without a job prove nothing', async () => {
    const { outcome, sent } = await play('CloneBackend', [lost()], [], { hasEnvironment: async () => true });
    expect((outcome as ServerError).message).toContain('environment qa exists, but no job shows');
    expect(sent).toBe(1);
  });

  it('that are gone prove a deletion, whose job is gone too', async () => {
    const { outcome, sent } = await play('DeleteBackend', [lost()], [], { args: dev });
    expect((outcome as AwsAnswer).answer).toEqual(dev);
    expect(outcome).toMatchObject({ answer: dev, notes: [expect.stringContaining('no environment dev')] });
    expect(sent).toBe(1);
  });

  it('that still exist cause a second deletion', async () => {
    const { outcome, sent } = await play('DeleteBackend', [lost(), ok], [], {
      args: dev,
      hasEnvironment: async (...where) => {
        expect(where).toEqual(['d1a', 'dev']);
        return true;
      },
    });
    expect(outcome).toMatchObject({ answer: ok.answer });
    expect(sent).toBe(2);
  });

  it('of an app that still exist cause a second removal', async () => {
    const { outcome, sent } = await play('RemoveAllBackends', [lost(), ok], [], {
      args: { appId: 'd1a' },
      environments: async () => ['dev', 'qa'],
    });
    expect(outcome).toMatchObject({ answer: ok.answer });
    expect(sent).toBe(2);
  });

  it('of an app each have their jobs read', async () => {
    const asked: string[] = [];
    const { outcome } = await play('RemoveAllBackends', [lost()], [], {
      args: { appId: 'd1a' },
      environments: async () => ['dev', 'qa'],
      jobs: async (_, environment) => {
        asked.push(environment);
        return listOf(environment === 'qa' ? [{ Operation: 'RemoveAllBackends', at: SENT + 1 }] : []);
      },
    });
    expect(outcome).toMatchObject({ answer: { jobId: 'j1' } });
    expect(asked).toEqual(['dev', 'qa']);
  });

  it('of an app that is gone have no jobs, and the answer names none of them', async () => {
    const jobs = () => Promise.reject(new Error('not to be looked at'));
    const { outcome } = await play('RemoveAllBackends', [lost()], [], {
      ...{ args: { appId: 'd1a' }, environments: async () => undefined, jobs },
    });
    expect(Object.keys((outcome as AwsAnswer).answer)).toEqual(['appId']);
    expect(outcome).toEqual({
      ...{ answer: { appId: 'd1a' }, requestId: 'r-1' },
      notes: [
        'The answer to RemoveAllBackends was lost; AWS now lists no environment of app d1a and no job of this call.',
      ],
    });
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

  it('of an app without any leave its jobs unknown', async () => {
    const { outcome, sent } = await play('CreateBackendConfig', [lost()], [], {
      args: { appId: 'd1a' },
      environments: async () => [],
    });
    expect(outcome).toMatchObject({ code: 'outcome_unknown' });
    expect(sent).toBe(1);
  });
});

describe("a job's record", () => {
  const asked = {
    appId: 'd1a',
    backendEnvironmentName: 'dev',
    jobId: 'j1',
    operation: 'Op',
    status: 'FAILED',
  };
  const record = (more: object = {}) => ({
    ...{
      AppId: 'd1a',
      BackendEnvironmentName: 'dev',
      JobId: 'j1',
      Operation: 'Op',
      Status: 'FAILED',
      ...more,
    },
  });
  const update = (args: Record<string, unknown>, found: object | undefined, answers = [lost()]) =>
    play('UpdateBackendJob', answers, [], {
      args,
      jobRecord: async (...where) => {
        expect(where).toEqual(['d1a', 'dev', 'j1']);
        return found as Awaited<ReturnType<EvidenceReads['jobRecord']>>;
      },
    });

  it('that reads as requested proves it', async () => {
    const { outcome, sent } = await update(asked, record());
    expect(outcome).toMatchObject({
      answer: { jobId: 'j1', operation: 'Op', status: 'FAILED' },
      notes: ["The answer to UpdateBackendJob was lost; the job's record reads as requested."],
    });
    expect(sent).toBe(1);
  });

  it('is compared by the requested members only', async () => {
    const { operation: _, ...status } = asked;
    expect((await update(status, record({ Operation: 'Other' }))).outcome).toMatchObject({
      answer: { operation: 'Other' },
    });
  });

  it.each([{ Operation: 'Other' }, { Status: 'PENDING' }, { Status: undefined }])(
    'that differs (%j) causes a second send',
    async more => {
      const { outcome, sent } = await play('UpdateBackendJob', [lost(), ok], [], {
        args: asked,
        jobRecord: async () => record(more) as never,
      });
      expect(outcome).toMatchObject({ answer: ok.answer });
      expect(sent).toBe(2);
    },
  );

  it('that does not exist leaves it unknown', async () => {
    const { outcome } = await update(asked, undefined);
    expect(outcome).toMatchObject({
      code: 'outcome_unknown',
      message: "Lost. Checked the job's record: AWS knows no such job.",
      hint: 'Do not send it again yet. Check first: get_backend_job for the record.',
    });
  });
});

describe('a token', () => {
  const args = { appId: 'd1a', sessionId: 's1' };
  const remove = (isThere: boolean, answers: (AwsAnswer | ServerError)[]) =>
    play('DeleteToken', answers, [], {
      args,
      hasToken: async (...where) => {
        expect(where).toEqual(['d1a', 's1']);
        return isThere;
      },
    });

  it('that is gone proves its deletion', async () => {
    const { outcome, sent } = await remove(false, [lost()]);
    expect(outcome).toMatchObject({
      answer: { isSuccess: true },
      notes: [expect.stringContaining('no such')],
    });
    expect(sent).toBe(1);
  });

  it('that still exists is deleted again, once; if that is lost too, the outcome is unknown', async () => {
    const { outcome, sent } = await remove(true, [lost(), lost()]);
    expect(outcome).toMatchObject({
      ...{ code: 'outcome_unknown', found: undefined },
      message: 'Lost. It was sent 2 times, and no answer came. Checked the token: nothing was found.',
      hint: 'Do not send it again yet. Check first: get_token for the token.',
    });
    expect(sent).toBe(2);
  });
});

describe('a configuration that AWS shows', () => {
  const update = {
    ...{ appId: 'd1a', backendEnvironmentName: 'qa', resourceName: 'shop' },
    resourceConfig: { apiName: 'a' },
  };
  const jobs = async () => listOf([{ Operation: 'UpdateBackendAPI', at: SENT + 1 }]);
  const shown = (configuration: EvidenceReads['configuration']) =>
    play('UpdateBackendAPI', [lost()], [], { args: update, jobs, configuration });

  it('as it was sent proves its job', async () => {
    const { outcome } = await shown(async () => ({ apiName: 'a' }));
    expect(outcome).toMatchObject({ answer: { jobId: 'j1', operation: 'UpdateBackendAPI' } });
  });

  it.each<[string, EvidenceReads['configuration'], string]>([
    ['otherwise', async () => ({ apiName: 'b' }), 'AWS does not show what was sent'],
    ['not at all', async () => undefined, 'AWS shows nothing of what was sent'],
    [
      'to nobody who may ask',
      () => Promise.reject(new ServerError('access_denied')),
      'what AWS shows could not be read (access_denied)',
    ],
  ])('%s leaves open whose job it is, and says what to check', async (_, configuration, said) => {
    const { outcome, sent } = await shown(configuration);
    expect(outcome).toMatchObject({
      message: `Lost. Checked the jobs of qa: job j1 (UpdateBackendAPI) began then, but ${said}, so it may belong to another call.`,
      hint: 'Do not send it again yet. Check first: wait for job j1 with wait_for_job, then compare get_backend_api with what you sent.',
      found: { jobId: 'j1' },
    });
    expect(sent).toBe(1);
  });

  it('is not waited for after the client disconnected', async () => {
    const { outcome, sent } = await shown(() => Promise.reject(new ServerError('cancelled')));
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect(sent).toBe(1);
  });
});

describe('a check that fails', () => {
  const failing = (...codes: (ErrorCode | JobList)[]) => {
    let count = 0;
    const jobs = async (_: string, environment: string) => {
      if (environment === 'dev') return listOf([]);
      const next = codes[Math.min(count++, codes.length - 1)] ?? 'throttled';
      if (typeof next === 'string') throw new ServerError(next);
      return next;
    };
    return play('CloneBackend', [lost()], [], { jobs });
  };

  it('is repeated if that may help, and proves nothing', async () => {
    const { outcome, sent, waits } = await failing('throttled');
    expect(outcome).toMatchObject({ message: expect.stringMatching(/: the read failed \(throttled\)\.$/) });
    expect({ sent, waits }).toEqual({ sent: 1, waits: [1_000, 2_000, 4_000] });
  });

  it('is not repeated if no later one can succeed', async () => {
    const { outcome, waits } = await failing('access_denied');
    expect(outcome).toMatchObject({ message: expect.stringContaining('the read failed (access_denied)') });
    expect(waits).toEqual([]);
  });

  it('keeps what an earlier check found, and is superseded by a later one', async () => {
    const unclear = listOf([{ at: SENT - 1 }]);
    expect((await failing(unclear, 'throttled')).outcome).toMatchObject({
      ...{ found: { jobId: 'j1' }, message: expect.not.stringContaining('the read failed') },
    });
    expect((await failing('throttled', listOf([{ at: SENT + 1 }]))).outcome).toMatchObject({
      answer: { jobId: 'j1' },
    });
    expect((await failing('throttled', listOf([], { isComplete: false }))).outcome).toMatchObject({
      message: expect.stringMatching(/: there are too many jobs to read all\.$/),
    });
  });

  it('that is cancelled ends it', async () => {
    const { outcome, waits } = await failing('cancelled');
    expect(outcome).toMatchObject({ code: 'cancelled' });
    expect(waits).toEqual([]);
  });
});
