/** What prevented a connection, in words: the host or the proxy that failed, the variable that names it, what to type. */
import type { ServerError } from '../errors.ts';
import { quote, quoteName } from '../lib/quote.ts';
import { type Connection, ConnectTimeout, ProxyRefusal, UnusableProxy } from '../network/index.ts';
import { type CustomEndpoint, findCustomEndpoint } from './endpoints.ts';
import { bundleLine, type ConnectionSettings, findCaBundle } from './network.ts';
import { exportLine, notSent } from './not-sent.ts';
import { findUnusualRegion, type UnusualRegion } from './regions.ts';

/** What is known of a connection that failed. */
interface Failure {
  readonly thrown: unknown;
  readonly connection: Connection;
  /** The custom endpoint that was asked, if any. */
  readonly custom: CustomEndpoint | undefined;
  /** Set if AmplifyBackend is not known in the region, which explains an unknown host; undefined with a custom endpoint. */
  readonly unusual: UnusualRegion | undefined;
}

interface Thrown {
  readonly code?: string;
  readonly message?: string;
}

const unknownCa =
  /^(UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|CERT_REJECTED|INVALID_CA|INVALID_PURPOSE|CERT_SIGNATURE_FAILURE)$/;

/** The host that failed, with the setting or proxy that led to it. */
function subjectOf({ connection, custom }: Failure): string {
  const { host, port, proxy, endedAtProxy } = connection;
  if (proxy && endedAtProxy) return `the proxy ${quoteName(proxy.host)} (${proxy.variable})`;
  const asked = `${quoteName(`${host}:${port}`)}${custom ? ` (${custom.source})` : ''}`;
  return proxy ? `${asked}, asked through the proxy ${quoteName(proxy.host)} (${proxy.variable}),` : asked;
}

/** What a person types if the host or the network is at fault. */
function checkLine({ connection, custom }: Failure): string {
  const { host, port, isSecure, proxy, endedAtProxy } = connection;
  if (proxy && endedAtProxy)
    return `correct ${proxy.variable}, or to add ${quoteName(host)} to NO_PROXY, and to restart this server.`;
  if (custom) return `correct ${custom.source}: ${custom.setTo('https://HOST').replace(/^type: /, '')}`;
  const url = `${isSecure ? 'https' : 'http'}://${quoteName(host)}${port === (isSecure ? 443 : 80) ? '' : `:${port}`}`;
  const noProxy = proxy ? '' : ' If connections must go through a proxy, HTTPS_PROXY must name it.';
  return `check the network, with: curl -I ${url}${noProxy}`;
}

/** Failures of the TLS handshake. */
async function explainTls(failure: Failure, settings: ConnectionSettings): Promise<ServerError | undefined> {
  const { thrown, connection, custom } = failure;
  const { code = '', message = '' } = (thrown ?? {}) as Thrown;
  const subject = subjectOf(failure);
  const options = { cause: thrown };
  if (unknownCa.test(code)) {
    const bundle = await findCaBundle(settings.profile);
    const also = bundle
      ? `, nor does the file ${quote(bundle.file)} (${bundle.source}) hold it`
      : ', as with a proxy that inspects TLS';
    return notSent(
      `the certificate of ${subject} is from a CA that this server does not trust (${code})${also}`,
      `save that CA's certificate in PEM form, then to ${await bundleLine(settings.profile, bundle)}`,
      options,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return notSent(
      `the certificate of ${subject} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} by this machine's clock`,
      'check the clock of this machine, with: date -u. If the clock is right, the certificate must be renewed on that host.',
      options,
    );
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return notSent(
      `the certificate of ${subject} is for another name, so something other than the requested host answers`,
      checkLine(failure),
      options,
    );
  if (/wrong version number|packet length too long/i.test(message) || /WRONG_VERSION_NUMBER/.test(code)) {
    const { host, port, proxy, endedAtProxy } = connection;
    const toDo =
      proxy && endedAtProxy
        ? exportLine(proxy.variable, `http://${quoteName(proxy.host)}`)
        : (custom?.setTo(`http://${quoteName(`${host}:${port}`)}`) ?? checkLine(failure));
    return notSent(`${subject} does not speak TLS`, toDo, options);
  }
  return undefined;
}

/** What the proxy said, or what is wrong with its name. */
function explainProxy(failure: Failure): ServerError | undefined {
  const { thrown, connection, unusual } = failure;
  const { host, port, proxy } = connection;
  if (thrown instanceof UnusableProxy)
    return notSent(
      `the proxy in ${thrown.variable} cannot be used: ${thrown.message}`,
      exportLine(thrown.variable, 'http://HOST:PORT'),
      { cause: thrown },
    );
  if (!(thrown instanceof ProxyRefusal) || !proxy) return undefined;
  const target = quoteName(`${host}:${port}`);
  const { statusCode } = thrown;
  if (statusCode === 407)
    return notSent(
      `${subjectOf(failure)} wants a user name and a password (407)`,
      exportLine(proxy.variable, `http://USER:PASSWORD@${quoteName(proxy.host)}`),
      { cause: thrown },
    );
  const why = unusual && statusCode >= 500 ? `. ${unusual.what}` : '';
  return notSent(
    `${subjectOf(failure)} did not open a connection to ${target}: it answered ${statusCode}${why}`,
    `have the proxy let through CONNECT ${target}, or to add ${quoteName(host)} to NO_PROXY where it can be reached directly.`,
    { cause: thrown, mayPass: statusCode >= 500 && !why },
  );
}

/** Failures of name resolution and TCP. Most of them are temporary. */
function explainNetwork(failure: Failure): ServerError {
  const { thrown, connection, unusual } = failure;
  const { code = '' } = (thrown ?? {}) as Thrown;
  const subject = subjectOf(failure);
  const passing = { cause: thrown, mayPass: true };
  if (/^(ENOTFOUND|EAI_)/.test(code)) {
    if (unusual && !connection.proxy)
      return notSent(
        `the name ${quoteName(connection.host)} cannot be resolved. ${unusual.what}`,
        `set the region of the app, for example with: export AWS_REGION=${unusual.meant}`,
        { cause: thrown },
      );
    return notSent(`the name of ${subject} cannot be resolved (${code})`, checkLine(failure), passing);
  }
  if (code === 'ECONNREFUSED') return notSent(`nothing listens at ${subject}`, checkLine(failure), passing);
  if (thrown instanceof ConnectTimeout || code === 'ETIMEDOUT')
    return notSent(
      `no connection to ${subject} could be established within 5 s`,
      checkLine(failure),
      passing,
    );
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return notSent(`${subject} closed the connection before it was established`, checkLine(failure), passing);
  const quoted = /^[A-Z0-9_]+$/.test(code) ? ` (${code})` : '';
  return notSent(`no connection to ${subject} could be established${quoted}`, checkLine(failure), passing);
}

/** The error for a connection that failed. @param service as the SDK names it */
export async function explainConnection(
  thrown: unknown,
  connection: Connection,
  settings: ConnectionSettings & { readonly region?: string | undefined },
  service: string,
): Promise<ServerError> {
  const custom =
    settings.endpoint === undefined ? await findCustomEndpoint(settings.profile, service) : undefined;
  const isCustom = custom !== undefined || settings.endpoint !== undefined;
  const unusual = isCustom || !settings.region ? undefined : findUnusualRegion(settings.region);
  const failure = { thrown, connection, custom, unusual };
  return explainProxy(failure) ?? (await explainTls(failure, settings)) ?? explainNetwork(failure);
}
