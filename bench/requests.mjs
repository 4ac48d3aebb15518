/** The HTTP requests of a client, in either era of the protocol. */

/** @typedef {'2025' | '2026'} Era */
/** @typedef {{ readonly name?: string, readonly [member: string]: unknown }} Params */
/** @typedef {Readonly<Record<string, string>>} Headers */
/** @typedef {{ readonly headers: Headers, readonly body: string }} Request */
/**
 * The requests of one era over HTTP.
 * @typedef {object} EraOverHttp
 * @property {(method: string, params?: Params) => Request} request makes a request without its session
 * @property {(url: string) => Promise<Headers>} open opens a session and returns the headers that name it
 * @property {(url: string, session: Headers) => Promise<unknown>} close
 */

const clientInfo = { name: 'bench', version: '1' };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const media = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/**
 * Writes a JSON-RPC message as text.
 * @param {{ readonly id?: number, readonly method: string, readonly params?: Params }} message
 */
export const encodeMessage = message => JSON.stringify({ jsonrpc: '2.0', ...message });

/** The first request of a client of the 2025 era. */
export const initialize = {
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
};
export const initialized = { method: 'notifications/initialized' };

/**
 * @param {string} url
 * @param {Headers} headers
 * @param {string} body
 */
const post = (url, headers, body) => fetch(url, { method: 'POST', headers: { ...headers }, body });

/** @type {EraOverHttp} */
const inSessions = {
  request: (method, params = {}) => ({
    headers: { ...media, 'mcp-protocol-version': '2025-11-25' },
    body: encodeMessage({ id: 1, method, params }),
  }),
  async open(url) {
    const response = await post(url, media, encodeMessage({ id: 1, ...initialize }));
    const id = response.headers.get('mcp-session-id');
    await response.text();
    if (!response.ok || id === null) throw new Error(`${url} opens no session: ${response.status}`);
    const session = { 'mcp-session-id': id };
    await (await post(url, { ...media, ...session }, encodeMessage(initialized))).text();
    return session;
  },
  close: (url, session) => fetch(url, { method: 'DELETE', headers: { ...session } }),
};

/** @type {EraOverHttp} */
const oneByOne = {
  request: (method, params = {}) => ({
    headers: {
      ...{ ...media, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
      ...(params.name && { 'mcp-name': params.name }),
    },
    body: encodeMessage({ id: 1, method, params: { ...params, _meta: envelope } }),
  }),
  open: async () => ({}),
  close: async () => undefined,
};

/** @type {Readonly<Record<Era, EraOverHttp>>} */
export const eras = { 2025: inSessions, 2026: oneByOne };

/**
 * Sends a request. @returns the text of its answer
 * @param {string} url
 * @param {Request} request
 * @param {Headers} [more] further headers
 * @throws if the answer has no result, or a tool failed
 */
export async function ask(url, { headers, body }, more = {}) {
  const response = await post(url, { ...headers, ...more }, body);
  const text = await response.text();
  if (response.ok && text.includes('"result"') && !text.includes('"isError":true')) return text;
  throw new Error(`${url} answers ${response.status}: ${text.slice(0, 500)}`);
}
