/** `whoami` through real servers: account, identity and region of each target, and the rules. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { generations, today } from '../support/clients.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(generations)('$name', ({ connect, connectHere }) => {
  it('shows the account and the rules', async () => {
    const client = await connect(sandbox.env, ['--read-only', '--protected', 'prod*']);
    const { structuredContent } = await client.callTool('whoami');
    expect(structuredContent).toMatchObject({
      account: '123456789012',
      arn: expect.stringMatching(/^arn:aws:/),
      region: 'us-east-1',
      readOnly: true,
      protected: ['prod*'],
    });
    // Hosts show stderr as errors; the child of the newest client has one.
    expect(client.stderr()).toBe('');
    await client.close();
  });

  it('shows the accounts of named targets', async () => {
    const targets = {
      shop: { region: 'us-east-1' },
      other: { region: 'us-east-1', roleArn: sandboxRoles.otherAdmin.arn },
    };
    const client = await connectHere(sandbox.env, ['--targets', JSON.stringify(targets)]);
    const account = async (target: string) =>
      (await client.callTool('whoami', { target })).structuredContent.account;
    expect(await account('shop')).toBe('123456789012');
    expect(await account('other')).toBe('210987654321');
    expect(await client.callTool('whoami')).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'invalid_arguments', message: expect.stringContaining('target') } },
    });
    await client.close();
  });
});

it('says what to do without credentials', async () => {
  const client = await today.connect({ AWS_REGION: 'us-east-1' });
  expect(await client.callTool('whoami')).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'credentials_missing' } },
  });
  await client.close();
});
