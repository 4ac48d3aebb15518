/**
 * The measure of what the server adds to a call: AWS's own client, one read after another. Each line on stdin is
 * for how many milliseconds; the answer is a line with the latency of each call, in milliseconds.
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
