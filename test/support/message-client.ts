/**
 * A client of the 2026 era that sends single messages, over stdio and over HTTP. It can do what the SDK's clients cannot do
 * yet, such as tasks.
 */
import { type Env, eras, type Json, type Spoken, speak, startChild } from './child.ts';
import { startInProcess } from './in-process.ts';

/** A client that sends single messages. */
export interface MessageClient {
  /** Sends a request that declares the extensions, and returns the response. */
  ask(method: string, params: Json): Promise<{ result: Json; error?: Json }>;
  /** Opens a `subscriptions/listen`, and returns its messages, the acknowledgement first. */
  listen(notifications: Json): AsyncGenerator<Json>;
}

const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const modern = eras[1];
const meta = {
  ...modern.each._meta,
  'io.modelcontextprotocol/clientCapabilities': capabilities,
};

type Answer = { result: Json; error?: Json };

/** Over the stdio of a child of the built command. */
export async function overStdio(
  env: Env,
  flags: readonly string[] = [],
): Promise<MessageClient & { kill(): void }> {
  const child = startChild(['stdio', ...flags], env);
  return { ...(await overLines(child)), kill: () => child.kill('SIGKILL') };
}

/** A client of the command in the test's own process. */
export const inProcess = (env: Env, flags?: readonly string[]): Promise<MessageClient> =>
  overLines(startInProcess(flags, env));

async function overLines(server: Spoken): Promise<MessageClient> {
  await speak(modern).open(server);
  let lastId = 0;
  return {
    ask: async (method, params) =>
      (await server.request(++lastId, method, { ...params, _meta: meta })) as unknown as Answer,
    async *listen(notifications) {
      const id = ++lastId;
      server.send({
        jsonrpc: '2.0',
        id,
        method: 'subscriptions/listen',
        params: { notifications, _meta: meta },
      });
      const isOurs = (line: string) => {
        const { params = {} } = JSON.parse(line) as { params?: { _meta?: Json } };
        return params._meta?.['io.modelcontextprotocol/subscriptionId'] === id;
      };
      for (let seen = 0; ; seen++) {
        const ours = () => server.lines().filter(isOurs);
        await server.line(() => ours().length > seen);
        yield JSON.parse(ours()[seen] ?? '') as Json;
      }
    },
  };
}

/** A client over HTTP, with a separate HTTP request for each message. @param more further headers of each request */
export function overHttp(
  url: string,
  token?: string,
  more: Readonly<Record<string, string>> = {},
): MessageClient {
  let lastId = 0;
  const post = (method: string, params: Json, signal?: AbortSignal) => {
    const name = params.taskId ?? params.name ?? params.uri;
    return fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...more,
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: ++lastId, method },
        params: { ...params, _meta: { ...meta, ...Object(params._meta) } },
      }),
      ...(signal && { signal }),
    });
  };
  return {
    ask: async (method, params) => (await (await post(method, params)).json()) as Answer,
    async *listen(notifications) {
      const leave = new AbortController();
      const response = await post('subscriptions/listen', { notifications }, leave.signal);
      let text = '';
      try {
        for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          text += chunk;
          const frames = text.split('\n\n');
          text = frames.pop() ?? '';
          for (const frame of frames) {
            const [, data] = /^data: (.*)$/m.exec(frame) ?? [];
            if (data !== undefined) yield JSON.parse(data) as Json;
          }
        }
      } finally {
        leave.abort();
      }
    },
  };
}
