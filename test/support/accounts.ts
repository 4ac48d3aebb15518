/**
 * Two AWS accounts at one address, with a sandbox for each. As at AWS, the keys of an assumed role lead to that role's account.
 * The accounts share nothing, and each records the requests that reached it.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import type { Env } from './child.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

export interface Accounts {
  /** The account of `sandboxRoles.admin`. */
  readonly first: TestSandbox;
  /** The account of `sandboxRoles.otherAdmin`. */
  readonly second: TestSandbox;
  /** The variables that make an AWS client reach them. */
  readonly env: Env;
  close(): Promise<void>;
}

/** Starts them. @param options of both */
export async function startAccounts(options: Parameters<typeof startTestSandbox>[0] = {}): Promise<Accounts> {
  const [first, second] = [await startTestSandbox(options), await startTestSandbox(options)];
  const ofSecond = new Set<string>();
  const other = encodeURIComponent(sandboxRoles.otherAdmin.arn);

  /** Forwards a request unchanged, because the signature covers its host too. */
  async function pass(
    request: IncomingMessage,
    body: string,
  ): Promise<{ from: IncomingMessage; text: string }> {
    const [, key = ''] = /Credential=([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
    const assumesOther = body.includes(other);
    const { url } = assumesOther || ofSecond.has(key) ? second : first;
    const { method, rawHeaders, url: path = '/' } = request;
    const passed = httpRequest(new URL(path, url), { method: String(method), headers: rawHeaders });
    const [from] = (await once(passed.end(body), 'response')) as [IncomingMessage];
    const answer = await text(from);
    const [, opened] = /<AccessKeyId>([^<]+)</.exec(answer) ?? [];
    if (assumesOther && opened !== undefined) ofSecond.add(opened);
    return { from, text: answer };
  }

  const http = createServer(async (request, response) => {
    const { from, text: answer } = await pass(request, await text(request));
    response.writeHead(from.statusCode ?? 500, from.rawHeaders).end(answer);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    ...{ first, second, env: { ...first.env, AWS_ENDPOINT_URL: url } },
    async close() {
      http.closeAllConnections();
      http.close();
      await Promise.all([first.close(), second.close()]);
    },
  };
}
