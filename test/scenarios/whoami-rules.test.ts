/** What `whoami` says about the rules: apps, surface, confirmations and names of secrets, as text and as structure. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Env } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { expectWholeText } from '../support/whole-text.ts';

async function ask(env: Env, flags: readonly string[], args = {}) {
  const sandbox = await startTestSandbox();
  const client = await today.connect({ ...sandbox.env, ...env }, flags);
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  const result = await client.callTool('whoami', args);
  expect(result.isError).not.toBe(true);
  expectWholeText(result);
  // A host that shows only the structure shows its summary.
  expect(result.structuredContent.summary).toBe(textOf(result));
  return { text: textOf(result), members: result.structuredContent };
}

const secrets = {
  AMPLIFY_BACKEND_SECRET_google: 'GOCSPX-plain-google-secret',
  AMPLIFY_BACKEND_SECRET_apple: 'plain-apple-key',
  AMPLIFY_BACKEND_SECRET_unset: '',
};

describe('whoami', () => {
  it('has one line of text for each rule', async () => {
    const { text, members } = await ask({}, []);
    expect(text.split('\n')).toEqual([
      'AWS account 123456789012, region us-east-1, as arn:aws:iam::123456789012:user/sandbox.',
      'Apps: all apps.',
      'Writing: allowed (readOnly: false). Protected environments: none. Read-only environments: none.',
      expect.stringMatching(
        /^Confirmation: calls that destroy data \(confirm: destructive, confirmBy: form-or-token\)\. A person/,
      ),
      expect.stringMatching(
        /^Tools: every tool is listed by its own name \(surface: full\)\. Toolsets: workflows, /,
      ),
      'Secrets that arguments may refer to by {"$secret": NAME}: none.',
    ]);
    expect(members).toMatchObject({ apps: ['all apps'], surface: 'full', secrets: [] });
  });

  it('lists the only apps, the protected environments, and says how a compact surface is used', async () => {
    const flags = [
      '--apps',
      'd1one,d2two',
      '--protected',
      'prod*',
      '--surface',
      'compact',
      '--confirm',
      'never',
    ];
    const { text, members } = await ask({}, flags);
    expect(members).toMatchObject({ apps: ['d1one', 'd2two'], surface: 'compact', protected: ['prod*'] });
    expect(text).toContain('Apps: d1one, d2two.');
    expect(text).toContain('run_operation calls them (surface: compact)');
    expect(text).toContain('Confirmation: nothing (confirm: never');
  });

  it('lists the apps that both the setting and the target allow', async () => {
    const targets = { one: { region: 'us-east-1', apps: ['d1one', 'd2two'] }, two: { region: 'us-east-1' } };
    const flags = ['--apps', 'd2two,d3three', '--targets', JSON.stringify(targets)];
    expect((await ask({}, flags, { target: 'one' })).members.apps).toEqual(['d2two']);
  });

  it('names the secrets that may be referred to, and never shows a value', async () => {
    const { text, members } = await ask(secrets, []);
    expect(members.secrets).toEqual(['apple', 'google']);
    expect(text).toContain('{"$secret": NAME}: apple, google.');
    expect(JSON.stringify(members)).not.toContain('plain-');
  });

  it('names only the secrets of the target', async () => {
    const targets = { one: { region: 'us-east-1', secrets: ['goo*'] }, two: { region: 'us-east-1' } };
    const ofTarget = await ask(secrets, ['--targets', JSON.stringify(targets)], { target: 'one' });
    expect(ofTarget.members.secrets).toEqual(['google']);
  });

  it('names no secret to a caller who cannot write', async () => {
    const reading = await ask(secrets, ['--read-only']);
    expect(reading.members.secrets).toEqual([]);
    expect(reading.text).toContain('Writing: refused (readOnly: true).');
  });

  it('answers the rest if the vault cannot be read', async () => {
    const env = { MY_KEY: Buffer.alloc(32, 7).toString('base64') };
    const flags = ['--vault-file', '/nowhere/vault.json', '--vault-key', 'env:MY_KEY'];
    const { text, members } = await ask(env, flags);
    expect(members).toMatchObject({ account: '123456789012', secrets: [] });
    expect(text).toContain('The names of secrets are unknown. The vault /nowhere/vault.json does not exist');
  });
});
