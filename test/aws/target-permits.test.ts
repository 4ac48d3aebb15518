/** A target whose requests need a permit: nothing is sent and no role is assumed without it. */
import { expect, it } from 'vitest';
import { readJob } from '../../src/call/reads.ts';
import { ServerError } from '../../src/errors.ts';
import { sandboxAppId, sandboxRoles } from '../../src/sandbox/index.ts';
import { sandboxKeys } from '../support/aws-sandbox.ts';
import { base, createTestTargets, read, setClockedSandbox } from '../support/targets.ts';

const aws = setClockedSandbox();

it('sends nothing and assumes no role before its permit; a poll waits for it without a limit', async () => {
  aws.startHome().credentials(base());
  let isOpen = false;
  const asked: string[] = [];
  const until = (name: string) => async () => {
    asked.push(name);
    if (!isOpen) throw new ServerError('token_expired');
  };
  const targets = createTestTargets(
    { one: { profile: 'base', roleArn: sandboxRoles.admin.arn } },
    { permit: { forCaller: until('forCaller'), forPoll: until('forPoll') } },
  );
  const target = targets.get('one');
  const refused = { code: 'token_expired' };
  await expect(read(target)).rejects.toMatchObject(refused);
  await expect(target.identity()).rejects.toMatchObject(refused);
  await expect(target.amplify.listApps()).rejects.toMatchObject(refused);
  expect([await aws.operations(), new Set(asked)]).toEqual([[], new Set(['forCaller'])]);
  const address = { appId: sandboxAppId, backendEnvironmentName: 'dev', jobId: 'none' };
  await expect(readJob(target, address, true)).rejects.toMatchObject(refused);
  expect(asked.at(-1)).toBe('forPoll');
  isOpen = true;
  expect((await read(target)).answer).toMatchObject({ appId: sandboxAppId });
  expect(await aws.operations()).toEqual(['sts:AssumeRole', 'GetBackend']);
});

it('asks for a permit before each attempt', async () => {
  aws.startHome(sandboxKeys);
  await fetch(`${aws.sandbox.url}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ operation: 'GetBackend', kind: 'throttle', times: 1 }),
  });
  let isThrottled = false;
  const soon = async () => {
    if (isThrottled) throw new ServerError('token_expired');
  };
  const watch =
    () =>
    async <Answer>(_: unknown, run: () => Promise<Answer>) =>
      run().catch(thrown => {
        isThrottled = true;
        throw thrown;
      });
  const target = createTestTargets({}, { permit: { forCaller: soon, forPoll: soon }, watch }).get(undefined);
  await expect(read(target)).rejects.toMatchObject({ code: 'token_expired' });
  expect(await aws.operations()).toHaveLength(1);
});
