/**
 * What a caller is told about a write is true under every fault, for each way in which AWS could show
 * changes: "done" only about this very request, and never "nothing was done" about one that may have been.
 */
import { describe, expect, it } from 'vitest';
import type { AwsAnswer } from '../../src/call/reconcile.ts';
import { ServerError } from '../../src/errors.ts';
import type { FaultKind } from '../../src/sandbox/index.ts';
import { settingValues } from '../../src/sandbox/settings.ts';
import { type FaultMore, outcomeOf, setWrites, type World, writes } from '../support/writes.ts';

const prepareWrites = setWrites();

type Write = (typeof writes)[number];
type Fault = readonly [kind: FaultKind, more?: FaultMore];

const configuring = writes.filter(({ configures }) => configures !== undefined);

it('every write that sends a configuration declares in which category AWS shows it', () => {
  const sending = writes.filter(({ access, input, name }) => {
    const config = (input.shape as Record<string, { isOptional(): boolean }>).resourceConfig;
    // CreateBackend's configuration is always empty, and that of a deletion proves nothing.
    return (config && access !== 'delete' && name !== 'CreateBackend') || name.startsWith('Import');
  });
  expect(configuring.map(({ name }) => name)).toEqual(sending.map(({ name }) => name));
  expect(configuring).toHaveLength(8);
});

/** Faults of the first send and of what follows, by what they are. */
const faults: Readonly<Record<string, readonly Fault[]>> = {
  'a time-out before': [['timeout-before']],
  'a time-out after': [['timeout-after']],
  'a reset before': [['reset-before']],
  'a reset after': [['reset-after']],
  'a 408 before': [['timeout-before', { status: 408 }]],
  'a 408 after': [['timeout-after', { status: 408 }]],
  'a 500': [['server-error']],
  'a 502': [['server-error', { status: 502 }]],
  'a 503 after': [['timeout-after', { status: 503 }]],
  'a throttle': [['throttle']],
  'throttling without end': [['throttle', { times: 50 }]],
  'a refusal': [['bad-request']],
  'an effect that is seen late': [['timeout-after', { delayMs: 2_500 }]],
  'a late effect after a reset': [['reset-after', { delayMs: 2_500 }]],
  'two lost answers, the first done': [['timeout-after', { delayMs: 8_000 }], ['timeout-before']],
  'two lost answers, the second done': [['timeout-before'], ['reset-after']],
  'two lost answers': [['timeout-before'], ['timeout-before']],
  'throttling after a lost answer': [['timeout-before'], ['throttle', { times: 50 }]],
  'throttling before a late effect': [
    ['timeout-after', { delayMs: 9_000 }],
    ['throttle', { times: 50 }],
  ],
  'a refusal before a late effect': [['timeout-after', { delayMs: 9_000 }], ['bad-request']],
  'a refusal before a very late effect': [['timeout-after', { delayMs: 60_000 }], ['bad-request']],
  'a pending job before a late effect': [['reset-after', { delayMs: 9_000 }], ['pending-job']],
  'a gateway that gives up, on what is done': [['answer-after', { answer: 'gateway-timeout' }]],
  'a gateway that gives up, on what is done late': [
    ['answer-after', { answer: 'gateway-timeout', delayMs: 9_000 }],
  ],
  'a gateway that gives up, on what is not done': [['answer-before', { answer: 'gateway-timeout' }]],
  'a broken answer behind the gateway': [['answer-after', { answer: 'bad-gateway' }]],
  'a limit, by the gateway, on what is done': [['answer-after', { answer: 'limit-exceeded' }]],
  'throttling of what is done, and a refusal': [
    ['answer-after', { answer: 'too-many-requests' }],
    ['bad-request'],
  ],
  'a page with a 500': [['answer-after', { answer: 'page-500' }]],
  'a page with a 404': [['answer-before', { answer: 'page-404' }]],
  'a denial by the gateway': [['answer-before', { answer: 'denied' }]],
  'a request that is too large': [['answer-before', { answer: 'too-large' }]],
};

const saysNothingWasDone = /nothing was (done|changed|sent)/;
const isLost = ([kind, more]: Fault) =>
  /^(timeout|reset|server-error|answer-after)/.test(kind) || /gateway|500/.test(more?.answer ?? '');

/** Compares what a caller was told with what the sandbox knows about the caller's own requests. */
async function checkTruth(
  world: World,
  { name, startsJob }: Write,
  outcome: AwsAnswer | ServerError,
  given: readonly Fault[],
  othersJob?: unknown,
): Promise<void> {
  const ownJobs = async () =>
    (await world.jobs(name)).map(({ jobId }) => jobId).filter(jobId => jobId !== othersJob);
  if (!(outcome instanceof ServerError)) {
    if (startsJob && outcome.answer.jobId !== undefined)
      expect(await ownJobs()).toContain(outcome.answer.jobId);
    return;
  }
  if (outcome.code === 'outcome_unknown') {
    expect(given.some(isLost)).toBe(true);
    expect(outcome.message).not.toMatch(saysNothingWasDone);
    expect(outcome.retryable).toBe(false);
    return;
  }
  // Any other failure says that nothing was done.
  expect(given.some(isLost)).toBe(false);
  expect(await ownJobs()).toEqual([]);
}

const ways = settingValues.showsChanges.flatMap(showsChanges =>
  settingValues.updates.map(updates => ({ showsChanges, updates })),
);

describe.each(ways)('AWS shows changes $showsChanges, and updates $updates', settings => {
  // For writes without a configuration, AWS shows the same in each of these ways, so they are tested once.
  const isFirst = settings === ways[0];

  describe.each(isFirst ? writes : configuring)('$name', operation => {
    it.each(Object.entries(faults))('under %s', async (_, given) => {
      const world = await prepareWrites(settings, operation.name);
      const { args } = world.caseOf(operation.name);
      for (const [kind, more] of given) await world.order(operation.name, kind, more);
      await checkTruth(world, operation, await outcomeOf(world.request(operation, args)), given);
    });

    it('while another caller sends the same and this one is lost before AWS', async () => {
      const world = await prepareWrites(settings, operation.name);
      const { args } = world.caseOf(operation.name);
      await world.order(operation.name, 'timeout-before');
      let other: AwsAnswer | ServerError | undefined;
      world.onWait(async count => {
        if (count === 1) other = await outcomeOf(world.otherCaller(operation, args));
      });
      const outcome = await outcomeOf(world.request(operation, args));
      const others = other && !(other instanceof ServerError) ? other.answer.jobId : undefined;
      expect(operation.startsJob && others === undefined).toBe(false);
      await checkTruth(world, operation, outcome, [['timeout-before']], others);
    });
  });

  describe.each((isFirst ? writes : configuring).filter(({ startsJob }) => startsJob))('$name', operation => {
    it('while another caller waits for an answer', async () => {
      const world = await prepareWrites(settings, operation.name);
      const { args } = world.caseOf(operation.name);
      await world.order(operation.name, 'slow', { delayMs: 60 });
      await world.order(operation.name, 'timeout-before');
      const asking = outcomeOf(world.otherCaller(operation, args));
      await expect.poll(() => world.faults()).toBe(1);
      const outcome = await outcomeOf(world.request(operation, args));
      const other = await asking;
      if (other instanceof ServerError) throw other;
      await checkTruth(world, operation, outcome, [['timeout-before']], other.answer.jobId);
    });
  });
});

/** Another configuration than that of the case. */
const otherConfig: Readonly<Record<string, object>> = {
  CreateBackendAuth: { resourceConfig: { userPoolConfigs: { signInMethod: 'USERNAME' } } },
  UpdateBackendAuth: { resourceConfig: { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } } },
  CreateBackendAPI: { resourceConfig: { defaultAuthType: { mode: 'AWS_IAM' } } },
  UpdateBackendAPI: { resourceConfig: { conflictResolution: { resolutionStrategy: 'AUTOMERGE' } } },
  CreateBackendStorage: { resourceConfig: { permissions: { authenticated: ['READ', 'DELETE'] } } },
  UpdateBackendStorage: { resourceConfig: { permissions: { authenticated: ['READ', 'DELETE'] } } },
  ImportBackendAuth: { userPoolId: 'us-east-1_Another' },
  ImportBackendStorage: { bucketName: 'shop-archive-002' },
};

function laidOver(value: unknown, more: unknown): unknown {
  if (typeof more !== 'object' || more === null || Array.isArray(more)) return more;
  const base = Object(value) as Record<string, unknown>;
  const changed = Object.entries(more).map(([name, inner]) => [name, laidOver(base[name], inner)]);
  return { ...base, ...Object.fromEntries(changed) };
}

describe.each(ways)('AWS shows changes $showsChanges, and updates $updates', settings => {
  describe.each(configuring)('$name, of which another process asks something else', operation => {
    const { name } = operation;

    async function race(jobEnds: boolean) {
      const world = await prepareWrites(settings, name);
      const { args } = world.caseOf(name);
      const others = laidOver(args, otherConfig[name]) as Record<string, unknown>;
      await world.order(name, 'timeout-before');
      let job: unknown;
      world.onWait(async count => {
        if (count !== 1) return;
        job = (await world.otherProcess(operation, others)).answer.jobId;
        if (jobEnds) world.pass(40_000);
      });
      return { world, outcome: await outcomeOf(world.request(operation, args)), job };
    }

    it.each([
      ['goes on', false],
      ['has ended', true],
    ])('is not reported as done while its job %s, and that job is named', async (_, jobEnds) => {
      const { world, outcome, job } = await race(jobEnds);
      expect(outcome).toMatchObject({ code: 'outcome_unknown' });
      const { message, hint } = outcome as ServerError;
      expect(message).toContain(String(job));
      if (!jobEnds) {
        expect(outcome).toMatchObject({ found: { jobId: job, operation: name } });
        expect(hint).toContain(`wait for job ${job} with wait_for_job, then compare get_backend_`);
      }
      expect(await world.verdicts(name)).toEqual(['fault:timeout-before', 'ok']);
    });
  });

  describe.each(configuring)('$name, whose answer was lost', operation => {
    it('is done as soon as AWS shows what was sent', async () => {
      const world = await prepareWrites(settings, operation.name);
      const { args } = world.caseOf(operation.name);
      await world.order(operation.name, 'timeout-after');
      world.onWait(count => {
        if (count === 2) world.pass(40_000);
      });
      const outcome = await outcomeOf(world.request(operation, args));
      const [job] = await world.jobs(operation.name);
      expect(outcome).toMatchObject({ answer: { jobId: job?.jobId } });
      expect(await world.verdicts(operation.name)).toEqual(['fault:timeout-after']);
    });
  });
});
