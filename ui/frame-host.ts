/**
 * The chat host around the frame, by MCP Apps (`io.modelcontextprotocol/ui`, 2026-01-26): JSON-RPC over postMessage. The
 * page implements the few messages that it needs itself, since the official client is fifty times as large.
 */
import type { Host, HostContext, HostListener, ToolResult } from './host.ts';

declare const PAGE_VERSION: string;

const PROTOCOL_VERSION = '2026-01-26';
const METHOD_NOT_FOUND = -32601;

type Params = Readonly<Record<string, unknown>>;
interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown };
}
interface PendingRequest {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Initialized {
  readonly hostCapabilities?: Params;
  readonly hostContext?: HostContext;
}

/** JSON-RPC with the parent window; messages of other windows are ignored. */
function connect(handlers: Readonly<Record<string, (params: Params) => unknown>>) {
  const waiting = new Map<string | number, PendingRequest>();
  let lastId = 0;
  const post = (message: object) => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');

  function settle({ id = '', result, error }: Message): void {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error) one?.reject(new Error(String(error.message ?? 'The host gave no reason.')));
    else one?.resolve(result);
  }

  function handle({ id, method = '', params = {} }: Message): void {
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
    const result = handler?.(params);
    if (id === undefined) return;
    if (handler) post({ id, result: result ?? {} });
    else post({ id, error: { code: METHOD_NOT_FOUND, message: `The page does not know ${method}.` } });
  }

  window.addEventListener('message', ({ source, data }: MessageEvent<Message | null>) => {
    if (source !== window.parent || data?.jsonrpc !== '2.0') return;
    if (data.method === undefined) settle(data);
    else handle(data);
  });

  return {
    notify: (method: string, params: Params = {}) => post({ method, params }),
    request(method: string, params: Params): Promise<unknown> {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        post({ id, method, params });
      });
    },
  };
}

export async function openFrameHost(listener: HostListener): Promise<Host> {
  let context: HostContext = {};
  const mergeContext = (changed: HostContext) => {
    context = { ...context, ...changed };
    listener.context(context);
  };
  const { notify, request } = connect({
    ping: () => ({}),
    'ui/notifications/tool-input': params => listener.input((params.arguments ?? {}) as Params),
    'ui/notifications/tool-result': params => listener.result(params as ToolResult),
    'ui/notifications/tool-cancelled': ({ reason }) =>
      listener.cancelled(typeof reason === 'string' ? reason : undefined),
    'ui/notifications/host-context-changed': params => mergeContext(params as HostContext),
    'ui/resource-teardown': () => listener.teardown(),
  });

  const { hostCapabilities = {}, hostContext = {} } = (await request('ui/initialize', {
    appInfo: { name: 'amplify-backend-mcp', version: PAGE_VERSION },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
    protocolVersion: PROTOCOL_VERSION,
  })) as Initialized;
  mergeContext(hostContext);
  notify('ui/notifications/initialized');

  const text = (words: string) => [{ type: 'text', text: words }];
  return {
    isAlone: false,
    callTool: (name, args) => request('tools/call', { name, arguments: args }) as Promise<ToolResult>,
    openLink: async url => void (await request('ui/open-link', { url })),
    async updateModelContext(words) {
      if (hostCapabilities.updateModelContext)
        await request('ui/update-model-context', { content: text(words) });
    },
    async sendMessage(words) {
      if (hostCapabilities.message) await request('ui/message', { role: 'user', content: text(words) });
    },
    reportSize(page) {
      let [width, height] = [0, 0];
      new ResizeObserver(() => {
        const next = [Math.ceil(page.scrollWidth), Math.ceil(page.getBoundingClientRect().height)] as const;
        if (next[0] === width && next[1] === height) return;
        [width, height] = next;
        notify('ui/notifications/size-changed', { width, height });
      }).observe(page);
    },
  };
}
