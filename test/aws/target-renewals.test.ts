/** When a target resolves its keys and its identity again: after they expired, were refused, or changed in the files. */
import { expect, it } from 'vitest';
import type { Target } from '../../src/aws/targets.ts';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { BEHIND_MS, base, createTestTargets, read, setClockedSandbox } from '../support/targets.ts';
import { keysOf } from './support.ts';

const aws = setClockedSandbox();

it.each([
  ['AmplifyBackend', read, 'GetBackend'],
  ['CloudFormation', (target: Target) => target.stacks.list(), 'ListStacks'],
  ['Amplify', (target: Target) => target.amplify.listApps(), 'ListApps'],
])(
  'a role is assumed again on the call after %s refused its keys as expired',
  async (_, readService, name) => {
    aws.startHome().credentials(base());
    aws.ahead = BEHIND_MS;
    const target = createTestTargets({
      one: { profile: 'base', roleArn: sandboxRoles.admin.arn, durationSeconds: 900 },
    }).get('one');
    await read(target);
    aws.ahead = BEHIND_MS + 900_000;
    await expect(readService(target)).rejects.toMatchObject({ code: 'credentials_expired' });
    await readService(target);
    const seen = await aws.operations();
    expect(seen.filter(operation => operation === 'sts:AssumeRole')).toHaveLength(2);
    expect(seen.at(-1)).toContain(name);
    if (name === 'GetBackend') expect(seen.at(-3)).toBe('GetBackend: ExpiredTokenException');
  },
);

it('a role is assumed again before its keys expire, by the clock of this process', async () => {
  aws.startHome().credentials(base());
  let clock = Date.now();
  const target = createTestTargets(
    { one: { profile: 'base', roleArn: sandboxRoles.admin.arn } },
    { now: () => clock },
  ).get('one');
  await read(target);
  clock += 3_600_000 - 60_000;
  // The sandbox's clock goes along as far as a signature may be old, or the new keys would end with the old ones.
  aws.ahead = 10 * 60_000;
  await read(target);
  expect(await aws.operations()).toEqual(['sts:AssumeRole', 'GetBackend', 'sts:AssumeRole', 'GetBackend']);
});

it('a rewritten credentials file counts from the next call on', async () => {
  const home = aws.startHome();
  home.credentials(keysOf('base', 'AKIANOBODY'));
  const target = createTestTargets({ one: { profile: 'base' } }).get('one');
  await expect(read(target)).rejects.toMatchObject({ code: 'credentials_refused' });
  home.credentials(base());
  await read(target);
  expect(await aws.operations()).toEqual(['GetBackend: UnrecognizedClientException', 'GetBackend']);
});

it('an identity is read again when the keys change, and after an hour', async () => {
  const home = aws.startHome();
  home.credentials(base());
  let clock = Date.now();
  const target = createTestTargets({ one: { profile: 'base' } }, { now: () => clock }).get('one');
  await Promise.all([target.identity(), target.identity()]);
  expect(await aws.operations()).toHaveLength(1);
  clock += 3_600_000;
  await target.identity();
  expect(await aws.operations()).toHaveLength(2);
  home.credentials(keysOf('base', 'AKIANOBODY'));
  await expect(target.identity()).rejects.toMatchObject({ code: 'credentials_refused' });
  home.credentials(base());
  expect(await target.identity()).toMatchObject({ account: '123456789012' });
});
