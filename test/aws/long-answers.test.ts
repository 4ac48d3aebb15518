/** Long answers that arrive together, as chunks that are there at once: real sockets deliver them together only now and then. */
import { AmplifyBackendClient, GetBackendCommand } from '@aws-sdk/client-amplifybackend';
import { HttpResponse } from '@smithy/core/protocols';
import { expect, it } from 'vitest';
import { useCommonPlugins } from '../../src/aws/client.ts';

/** Sends several reads at once. @returns what happened: an answer was parsed, or a turn of the event loop began */
async function logOf(bytesOfAnswer: number): Promise<string[]> {
  const body = Buffer.from(JSON.stringify({ appName: 'x'.repeat(bytesOfAnswer) }));
  const client = new AmplifyBackendClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      async handle() {
        const chunks = (async function* () {
          yield body;
        })();
        return { response: new HttpResponse({ statusCode: 200, headers: {}, body: chunks }) };
      },
    },
  });
  useCommonPlugins(client, { userAgent: 'test/1' }, 'AmplifyBackend', 'json');
  const send = () => client.send(new GetBackendCommand({ AppId: 'd1' }));
  // The first request loads what the others use.
  await send();
  const log: string[] = [];
  const turn = () => {
    log.push('turn');
    if (log.filter(what => what === 'answer').length < 4) setImmediate(turn);
  };
  setImmediate(turn);
  await Promise.all(Array.from({ length: 4 }, async () => log.push((await send()) && 'answer')));
  return log;
}

it('are parsed in a turn of the event loop each', async () => {
  const log = await logOf(100_000);
  for (const [at, what] of log.entries())
    if (what === 'answer') expect(log[at - 1], String(log)).toBe('turn');
});

it('wait for nothing where they are short', async () => {
  expect((await logOf(1_000)).join(' ')).toContain('answer answer answer answer');
});
