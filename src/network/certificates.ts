/** Certificates that a client trusts in addition to Node's own, such as those of a company's CA. */
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Env } from '../lib/env.ts';

/** A file of CA certificates, and the variable or the profile key that names it. */
export interface CaBundle {
  readonly file: string;
  readonly source: string;
}

/** A file of CA certificates that cannot be used. */
export class UnusableCaBundle extends Error {
  override readonly name = 'UnusableCaBundle';
  readonly bundle: CaBundle;

  constructor(bundle: CaBundle, why: string, cause?: unknown) {
    super(why, { cause });
    this.bundle = bundle;
  }
}

/** Node's certificates. `rootCertificates` lacks those of NODE_EXTRA_CA_CERTS, so for Node before 22.15 their file is read here. */
function nodeCertificates(env: Env): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates) return getCACertificates('default');
  const extra = env.NODE_EXTRA_CA_CERTS;
  if (!extra) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, readFileSync(extra, 'utf8')];
  } catch {
    // Node has already warned of the unreadable file at its start.
    return tls.rootCertificates;
  }
}

/** The last context, with the certificates that it was made from. Each client needs one, and parsing Node's 150 certificates is slow. */
let latest: { readonly certificates: string; readonly context: tls.SecureContext } | undefined;

function contextOf(ca: readonly string[]): tls.SecureContext {
  const certificates = ca.join('\n');
  if (latest?.certificates !== certificates)
    latest = { certificates, context: tls.createSecureContext({ ca: [...ca] }) };
  return latest.context;
}

/** Reads a bundle. @returns what trusts Node's certificates and the bundle's @throws UnusableCaBundle */
export function trustBundle(env: Env, bundle: CaBundle): tls.SecureContext {
  let text: string;
  try {
    text = readFileSync(bundle.file, 'utf8');
  } catch (thrown) {
    throw new UnusableCaBundle(bundle, `cannot be read (${(thrown as NodeJS.ErrnoException).code})`, thrown);
  }
  if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text))
    throw new UnusableCaBundle(bundle, 'holds no certificate in PEM form');
  try {
    return contextOf([...nodeCertificates(env), text]);
  } catch (thrown) {
    throw new UnusableCaBundle(bundle, 'holds a certificate that cannot be read', thrown);
  }
}
