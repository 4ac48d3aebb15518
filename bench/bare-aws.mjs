/**
 * Reads with AWS's own client, one call after another, as the baseline for what the server adds to a call. Each line on
 * stdin says for how many milliseconds; the answer is a line with the latency of each call, in milliseconds.
 */
import { createInterface } from 'node:readline';
import { AmplifyBackendClient, GetBackendCommand } from '@aws-sdk/client-amplifybackend';

const [appId] = process.argv.slice(2);
const client = new AmplifyBackendClient({});

for await (const line of createInterface({ input: process.stdin })) {
  /** @type {number[]} */
  const latencies = [];
  const endsAt = performance.now() + Number(line);
  for (let now = performance.now(); now < endsAt; ) {
    await client.send(new GetBackendCommand({ AppId: appId }));
    const after = performance.now();
    latencies.push(after - now);
    now = after;
  }
  process.stdout.write(`${JSON.stringify(latencies)}\n`);
}
