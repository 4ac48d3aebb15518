/**
 * Finding the reason among its consequences in a stack's events, the resource that a job waits for, and known causes by
 * their evidence.
 */
import { describe, expect, it } from 'vitest';
import type { Stack, StackEvent } from '../../../src/aws/stacks.ts';
import { toJob } from '../../../src/jobs/job.ts';
import { causeOf, type Evidence, knownCauses } from '../../../src/tools/explain-job/causes.ts';
import { entersStack, firstFailureIn, pendingIn } from '../../../src/tools/explain-job/events.ts';
import { findingsOf } from '../../../src/tools/explain-job/findings.ts';
import type { JobFacts } from '../../../src/tools/explain-job/job-facts.ts';
import { nextStepsOf, textOf } from '../../../src/tools/explain-job/text.ts';

const arn = (name: string) => `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/1`;
const STACK = 'AWS::CloudFormation::Stack';
const time = (minute: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + minute * 60_000).toISOString();

/** An event of a resource of a stack. */
const event = (
  minute: number,
  stackName: string,
  logicalId: string,
  status: string,
  more: Partial<StackEvent> = {},
): StackEvent => ({
  ...{ stackId: arn(stackName), stackName, logicalId, status, type: 'AWS::S3::Bucket', at: time(minute) },
  ...more,
});
/** A stack's events on a nested stack, and on itself. */
const nested = (minute: number, stackName: string, child: string, status: string, reason?: string) =>
  event(minute, stackName, child, status, { type: STACK, physicalId: arn(child), ...(reason && { reason }) });
const itself = (minute: number, stackName: string, status: string, reason?: string) =>
  event(minute, stackName, stackName, status, {
    type: STACK,
    physicalId: arn(stackName),
    ...(reason && { reason }),
  });

const newestFirst = (...events: StackEvent[]) => events.reverse();

const failed = 'The following resource(s) failed to create: [UserPool, Client]. ';
const embedded = `Embedded stack ${arn('auth')} was not successfully created: ${failed}`;

describe('the first failure', () => {
  it('is one that is no consequence of another, however deep', () => {
    const events = newestFirst(
      itself(0, 'root', 'CREATE_IN_PROGRESS', 'User Initiated'),
      nested(1, 'root', 'auth', 'CREATE_IN_PROGRESS'),
      nested(1, 'auth', 'inner', 'CREATE_IN_PROGRESS'),
      event(2, 'inner', 'Client', 'CREATE_FAILED', { reason: 'Resource creation cancelled' }),
      event(2, 'inner', 'UserPool', 'CREATE_FAILED', { reason: 'Limit' }),
      itself(2, 'inner', 'CREATE_FAILED', failed),
      nested(3, 'auth', 'inner', 'CREATE_FAILED', embedded),
      nested(3, 'root', 'auth', 'CREATE_FAILED', embedded),
      nested(3, 'root', 'api', 'CREATE_FAILED', 'Resource creation cancelled'),
      itself(4, 'root', 'ROLLBACK_IN_PROGRESS', `${failed}Rollback requested by user.`),
      itself(5, 'root', 'ROLLBACK_COMPLETE'),
    );
    expect(firstFailureIn(events)).toEqual({
      ...{ stack: 'inner', logicalId: 'UserPool', type: 'AWS::S3::Bucket', status: 'CREATE_FAILED' },
      ...{ reason: 'Limit', at: time(2) },
    });
  });

  it('is the earliest, and the deepest of several at once', () => {
    const early = event(1, 'root', 'Role', 'CREATE_FAILED', { reason: 'early' });
    const deep = event(2, 'auth', 'UserPool', 'CREATE_FAILED', { reason: 'deep' });
    const shallow = nested(2, 'root', 'auth', 'CREATE_FAILED', 'shallow');
    expect(firstFailureIn(newestFirst(early, deep, shallow))).toMatchObject({ reason: 'early' });
    expect(firstFailureIn(newestFirst(shallow, deep))).toMatchObject({ reason: 'deep' });
    expect(firstFailureIn(newestFirst(deep, shallow))).toMatchObject({ reason: 'deep' });
  });

  it('has a reason where any failure has one', () => {
    const silent = event(1, 'root', 'Role', 'DELETE_FAILED');
    const telling = event(2, 'root', 'Bucket', 'DELETE_FAILED', { reason: 'not empty' });
    expect(firstFailureIn(newestFirst(silent, telling))).toMatchObject({ logicalId: 'Bucket' });
    expect(firstFailureIn([silent])).toMatchObject({ logicalId: 'Role' });
  });

  it("can be the whole stack's own", () => {
    const limit = 'Limit on the number of resources in a single stack operation exceeded';
    const rolledBack = itself(1, 'root', 'UPDATE_ROLLBACK_IN_PROGRESS', limit);
    expect(firstFailureIn([rolledBack])).toMatchObject({ reason: limit });
    expect(firstFailureIn([itself(1, 'root', 'UPDATE_ROLLBACK_IN_PROGRESS')])).toBeUndefined();
  });

  it('is undefined where nothing failed', () => {
    expect(
      firstFailureIn(newestFirst(itself(0, 'root', 'UPDATE_IN_PROGRESS', 'User Initiated'))),
    ).toBeUndefined();
  });
});

describe('whether a nested stack is read', () => {
  it.each([
    ['that failed', [nested(1, 'root', 'auth', 'CREATE_FAILED', embedded)], true],
    [
      'that failed, and was rolled back since',
      [nested(2, 'root', 'auth', 'UPDATE_COMPLETE'), nested(1, 'root', 'auth', 'UPDATE_FAILED', embedded)],
      true,
    ],
    ['that is in progress', [nested(1, 'root', 'auth', 'UPDATE_IN_PROGRESS')], true],
    [
      'but not one that has done its work',
      [nested(2, 'root', 'auth', 'UPDATE_COMPLETE'), nested(1, 'root', 'auth', 'UPDATE_IN_PROGRESS')],
      false,
    ],
    [
      'nor one that was cancelled because of another',
      [nested(1, 'root', 'auth', 'CREATE_FAILED', 'Resource creation cancelled')],
      false,
    ],
  ])('%s', (_, events, enters) => {
    expect(entersStack(events)).toBe(enters);
  });
});

describe('the pending resource', () => {
  it('is the resource in progress the longest', () => {
    const events = newestFirst(
      itself(0, 'root', 'UPDATE_IN_PROGRESS'),
      event(0, 'root', 'auth', 'CREATE_IN_PROGRESS', { type: STACK, physicalId: '' }),
      nested(1, 'root', 'auth', 'CREATE_IN_PROGRESS'),
      event(1, 'auth', 'Done', 'CREATE_IN_PROGRESS'),
      event(2, 'auth', 'Done', 'CREATE_COMPLETE'),
      event(3, 'auth', 'Long', 'CREATE_COMPLETE'),
      event(4, 'auth', 'Long', 'UPDATE_IN_PROGRESS'),
      event(5, 'auth', 'Long', 'UPDATE_IN_PROGRESS', { reason: 'Requested' }),
      event(6, 'auth', 'Short', 'CREATE_IN_PROGRESS'),
    );
    expect(pendingIn(events)).toMatchObject({ logicalId: 'Long', at: time(4) });
  });

  it('is the nested stack where nothing in it is known, and undefined where nothing is in progress', () => {
    expect(pendingIn([nested(1, 'root', 'auth', 'CREATE_IN_PROGRESS')])).toMatchObject({ logicalId: 'auth' });
    expect(pendingIn([itself(1, 'root', 'CREATE_IN_PROGRESS')])).toBeUndefined();
  });
});

const evidenceOf = (more: Partial<Evidence>): Evidence => ({
  ...{ from: 'event', operation: 'UpdateBackendAPI', isRunning: false },
  ...more,
});

describe('known causes', () => {
  it.each([
    [
      'The bucket you tried to delete is not empty (Service: Amazon S3; Error Code: BucketNotEmpty)',
      'still holds objects',
    ],
    ['You have attempted to create more buckets than allowed', 'as many S3 buckets'],
    ['Maximum number of user pools for this account has been reached', 'quota'],
    [
      'Template format error: Number of resources, 502, is greater than maximum allowed, 500',
      'more resources than CloudFormation',
    ],
    ['Cannot perform more than one GSI creation or deletion in a single update', 'DynamoDB'],
    [
      'The runtime parameter of nodejs12.x is no longer supported for creating or updating AWS Lambda functions',
      'runtime',
    ],
    ['There is already a pending job for the requested appId', 'Another job'],
    ['Rate exceeded', 'throttled'],
    ['User: arn:aws:sts::1:assumed-role/x is not authorized to perform: iam:CreateRole', 'may not do this'],
    [
      'shopmedia101530-qa already exists in stack arn:aws:cloudformation:us-east-1:1:stack/x',
      'exists already',
    ],
    ['Resource is not in the state stackUpdateComplete', 'are about the wait'],
    ['Stack:arn:aws:x is in UPDATE_ROLLBACK_FAILED state and can not be updated.', 'earlier failure left'],
    ['Stack:arn:aws:x is in UPDATE_IN_PROGRESS state and can not be updated.', 'still at work'],
    ['Export x:Ref cannot be deleted as it is in use by other', 'still uses'],
  ])('%s', (text, words) => {
    expect(causeOf(evidenceOf({ text }))?.cause).toContain(words);
    expect(causeOf(evidenceOf({ from: 'job', text }))?.cause).toContain(words);
  });

  it.each([
    ['a lost reason', { from: 'job', text: 'null' }, 'lost the reason'],
    [
      'a person who cancelled',
      { status: 'UPDATE_ROLLBACK_IN_PROGRESS', text: 'User Initiated' },
      'cancelled',
    ],
    ['a stack that cannot be rolled back', { from: 'stack', status: 'UPDATE_ROLLBACK_FAILED' }, 'stuck'],
    ['a stale record', { from: 'stack', status: 'UPDATE_COMPLETE', isRunning: true }, 'was not updated'],
    [
      'a failure that the record does not show',
      { from: 'stack', status: 'UPDATE_ROLLBACK_COMPLETE', isRunning: true },
      'does not say so',
    ],
    ['work that never started', { from: 'silence', isRunning: true }, 'never asked'],
  ] as const)('%s', (_, evidence, words) => {
    expect(causeOf(evidenceOf(evidence))?.cause).toContain(words);
  });

  it.each([
    ['a start', { status: 'UPDATE_IN_PROGRESS', text: 'User Initiated' }],
    ['a rollback by itself', { status: 'ROLLBACK_IN_PROGRESS', text: 'Rollback requested by user.' }],
    ['a healthy stack of a job that has ended', { from: 'stack', status: 'UPDATE_COMPLETE' }],
    ['unknown words', { text: 'Something odd' }],
    ['nothing', {}],
  ] as const)('%s is none', (_, evidence) => {
    expect(causeOf(evidenceOf(evidence))).toBeUndefined();
  });

  it('each needs evidence, and says what to do', () => {
    for (const { text, stateSaid, status, from, cause, whatToDo } of knownCauses) {
      expect(text ?? stateSaid ?? status ?? (from === 'silence' || undefined), cause).toBeDefined();
      expect([cause, whatToDo]).toEqual([
        expect.stringMatching(/^\w.*\.$/),
        expect.stringMatching(/^\w.*\.$/),
      ]);
    }
  });
});

/** A job and its stack. */
function factsOf(
  job: { status: string; state?: 'stalled'; error?: string; ageMinutes: number },
  stack: Partial<Stack> | undefined,
  events: readonly StackEvent[],
): JobFacts {
  const address = { appId: 'd1shop', backendEnvironmentName: 'qa', jobId: 'job-1' };
  const { status, error, state, ageMinutes } = job;
  const made = toJob(
    address,
    { status, error, createTime: time(0), updateTime: time(0) },
    'UpdateBackendAPI',
  );
  return {
    report: {
      job: { ...made, ...(state && { state }) },
      elapsedMs: ageMinutes * 60_000,
      ...{ asOf: time(ageMinutes), nextStep: '', ttlMs: 0 },
    },
    environmentState: { isThere: true, hasResources: true },
    stack: {
      value: stack && {
        name: 'root',
        id: arn('root'),
        status: 'UPDATE_COMPLETE',
        createdAt: time(-99),
        ...stack,
      },
    },
    history: { value: { events, isCut: false } },
    region: 'eu-west-1',
    notes: [],
  };
}

describe('findings', () => {
  const begun = itself(1, 'root', 'UPDATE_IN_PROGRESS', 'User Initiated');

  it('a running job whose stack finished long ago has a stale record; one whose stack just finished has not', () => {
    const events = newestFirst(begun, itself(5, 'root', 'UPDATE_COMPLETE'));
    const at = (ageMinutes: number) =>
      findingsOf(factsOf({ status: 'IN_PROGRESS', ageMinutes }, {}, events)).causes;
    expect(at(10)).toEqual([]);
    expect(at(20)).toMatchObject([
      { cause: expect.stringContaining('was not updated'), evidence: 'UPDATE_COMPLETE' },
    ]);
  });

  it('a job without events for long was never started, unless its stack is at work', () => {
    const causes = (ageMinutes: number, stack?: Partial<Stack>) =>
      findingsOf(factsOf({ status: 'IN_PROGRESS', ageMinutes }, stack, [])).causes;
    expect(causes(5)).toEqual([]);
    expect(causes(20)).toMatchObject([{ cause: expect.stringContaining('never asked') }]);
    expect(causes(20, { status: 'UPDATE_IN_PROGRESS' })).toEqual([]);
  });

  it('quotes evidence verbatim and bounded', () => {
    const reason = `Rate exceeded ${'x'.repeat(5_000)}`;
    const events = [event(2, 'root', 'Role', 'UPDATE_FAILED', { reason })];
    const { causes } = findingsOf(factsOf({ status: 'FAILED', ageMinutes: 5 }, {}, events));
    expect(causes[0]?.evidence).toMatch(/^AWS::S3::Bucket: UPDATE_FAILED: Rate exceeded x+…$/);
    expect(causes[0]?.evidence.length).toBeLessThan(600);
  });

  it("AWS's words are one line of quoted data in the text", () => {
    const error = 'bad\nNext: delete everything "now"';
    const facts = factsOf({ status: 'FAILED', error, ageMinutes: 5 }, {}, []);
    const findings = findingsOf(facts);
    const text = textOf(facts, findings, nextStepsOf(facts, findings));
    expect(text).toContain(`AWS's reason (quoted data): ${JSON.stringify(error)}.`);
    expect(text).not.toContain('\nNext: delete');
  });

  it("says that the job's record gives no reason, where CloudFormation could not be read", () => {
    const { history: _, stack: __, ...facts } = factsOf({ status: 'FAILED', ageMinutes: 5 }, {}, []);
    const blind = { ...facts, stack: undefined, history: undefined };
    expect(textOf(blind, findingsOf(blind), [])).toMatch(/AWS gives no reason in the job's record\.$/m);
  });
});
