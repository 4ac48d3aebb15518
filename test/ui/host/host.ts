/** A chat host's page: shows our page in a sandboxed frame as hosts do, with the official bridge between both. */
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

type Params = Record<string, unknown>;
type BridgeOptions = ConstructorParameters<typeof AppBridge>;

/** Calls a tool of the server, which the test does. */
declare function callTool(name: string, args: Params): Promise<never>;

export interface ViewOptions {
  readonly html: string;
  readonly context: Params;
  /** What the host can do besides forwarding calls. */
  readonly capabilities: Params;
}

let bridge: AppBridge | undefined;
const said = {
  messages: [] as unknown[],
  modelContexts: [] as unknown[],
  links: [] as string[],
  sizes: [] as { width?: number; height?: number }[],
  calls: [] as { name: string; arguments: Params }[],
  errors: [] as string[],
};

async function openView({ html, context, capabilities }: ViewOptions): Promise<void> {
  await bridge?.close();
  document.querySelector('iframe')?.remove();
  for (const list of Object.values(said)) list.length = 0;
  const frame = document.createElement('iframe');
  frame.title = 'view';
  frame.setAttribute('sandbox', 'allow-scripts');
  document.body.append(frame);
  const own = new AppBridge(
    null,
    { name: 'test-host', version: '1.0.0' },
    { serverTools: {}, openLinks: {}, ...capabilities } as BridgeOptions[2],
    { hostContext: context as never },
  );
  bridge = own;
  own.oncalltool = async ({ name, arguments: args = {} }) => {
    said.calls.push({ name, arguments: args });
    return callTool(name, args);
  };
  own.onmessage = async params => {
    said.messages.push(params);
    return {};
  };
  own.onupdatemodelcontext = async params => {
    said.modelContexts.push(params);
    return {};
  };
  own.onopenlink = async ({ url }) => {
    said.links.push(url);
    return {};
  };
  own.onerror = error => void said.errors.push(error.message);
  own.addEventListener('sizechange', size => {
    said.sizes.push(size);
    if (size.height !== undefined) frame.style.height = `${size.height}px`;
  });
  const isReady = new Promise<void>(resolve => own.addEventListener('initialized', () => resolve()));
  const target = frame.contentWindow as Window;
  await own.connect(new PostMessageTransport(target, target));
  frame.srcdoc = html;
  await isReady;
}

Object.assign(window, {
  openView,
  said: () => said,
  sendInput: (args: Params) => bridge?.sendToolInput({ arguments: args }),
  sendResult: (result: never) => bridge?.sendToolResult(result),
  sendCancelled: (reason: string) => bridge?.sendToolCancelled({ reason }),
  setContext: (context: Params) => bridge?.setHostContext(context as never),
  teardown: () => bridge?.teardownResource({}),
});
