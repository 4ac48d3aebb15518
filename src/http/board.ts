/**
 * The board in a browser: its page, and how people get to it. In the `http` command they sign in at the issuer; in the
 * `board` command they open an address that is valid once.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Document, plainPage, sendDocument } from './documents.ts';
import type { OneTimeAccess } from './one-time-access.ts';

/** Why a page cannot be shown, in words for the person who opened it. */
export class PageFailure extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, message: string) {
    super(message);
    this.status = status;
    this.title = title;
  }
}

export interface Board {
  /** The path of the page, and further ones under which clients may reach it. */
  readonly paths: readonly string[];
  readonly readPage: () => Promise<Document>;
  /** The page of the sign-in; left out where no sign-in is needed. @throws PageFailure */
  readonly readSignIn?: () => Promise<Document>;
}

/** The path of the sign-in, below the page's. */
export const SIGN_IN = '/sign-in';

async function sendOrExplain(reply: FastifyReply, read: () => Promise<Document>): Promise<void> {
  const document = await read().catch(thrown => {
    if (!(thrown instanceof PageFailure)) throw thrown;
    reply.code(thrown.status);
    return { html: plainPage(thrown.title, thrown.message) };
  });
  await sendDocument(reply, document);
}

/** Serves the page, and the sign-in where there is one. */
export function serveBoard(app: FastifyInstance, { paths, readPage, readSignIn }: Board): void {
  for (const path of new Set(paths)) {
    app.get(path, (_, reply) => sendOrExplain(reply, readPage));
    if (readSignIn) app.get(path + SIGN_IN, (_, reply) => sendOrExplain(reply, readSignIn));
  }
}

/** Refuses pages of every other origin, including other ports of this machine. */
function refuseOtherOrigins(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }, reply) => {
    const { origin, host } = headers;
    if (origin !== undefined && origin !== `http://${host}`)
      await reply.code(403).send({ error_description: 'Pages of other origins may not call this server' });
  });
}

const USED =
  'It opens the board in one browser tab, once. If you did not open it yourself, end the board with Ctrl-C. To open it again, end the board and start it again.';

const INCOMPLETE =
  'The board printed another address when it started. Copy that address in full. Opening this one has not used it up.';

/** Sends the browser to the page again by a refresh, which the browser counts as a request of the same site. */
const refreshPage = (path: string) =>
  plainPage('Board', 'The board opens.').replace(
    '</head>',
    `<meta http-equiv="refresh" content="0;url=${path}"></head>`,
  );

const tokenIn = ({ query }: FastifyRequest): unknown => (query as Record<string, unknown>).token;

/** Serves the page to the one browser that opens the address with the token. */
export function serveBoardOnce(
  app: FastifyInstance,
  { path, readPage, access }: { path: string; readPage: () => Promise<Document>; access: OneTimeAccess },
): void {
  refuseOtherOrigins(app);
  const cookieOf = (value: string, seconds: number) =>
    `amplify-board-step=${value}; Path=${path}; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
  // A HEAD, which some programs send ahead of a GET, must not use the token up.
  app.get(path, { exposeHeadRoute: false }, async (request, reply) => {
    const token = tokenIn(request);
    if (token !== undefined) {
      const step = access.useToken(String(token));
      if (step === undefined) {
        const html = access.isToken(String(token))
          ? plainPage('This address was used already', USED)
          : plainPage('This is not the address of the board', INCOMPLETE);
        return sendDocument(reply.code(403), { html });
      }
      reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      return reply.header('set-cookie', cookieOf(step, 60)).redirect(path, 303);
    }
    const [, step] = /(?:^|; )amplify-board-step=([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
    // The link was on a page of another site, such as a terminal in a browser, so the browser did not send the cookie.
    if (step === undefined && request.headers['sec-fetch-site'] === 'cross-site')
      return sendDocument(reply, { html: refreshPage(path) });
    const session = step === undefined ? undefined : access.useStep(step);
    if (step !== undefined) reply.header('set-cookie', cookieOf('', 0));
    const { values, ...page } = await readPage();
    return sendDocument(reply, { ...page, values: { ...values, ...(session && { session }) } });
  });
}
