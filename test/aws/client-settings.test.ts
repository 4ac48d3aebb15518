/** The settings of an SDK client as V8 keeps them, which only V8 can tell. */
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import { expect, it } from 'vitest';
import { useCommonPlugins } from '../../src/aws/client.ts';

function isQuicklyCopied(settings: object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return runInThisContext('settings => %HasFastProperties(settings)')(settings);
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

it('are copied quickly, also when the SDK adds to them with the first request', () => {
  const client = new AmplifyBackendClient({ region: 'us-east-1' });
  const before = { ...client.config };
  useCommonPlugins(client, { userAgent: 'test/1' }, 'AmplifyBackend', 'json');
  expect(client.config).toEqual(before);
  Object.assign(client.config, { signingRegion: 'us-east-1' });
  expect(isQuicklyCopied(client.config)).toBe(true);
});
