/** Custom endpoints, which the person has set in place of AWS's own. Variables come before the profile, as in the AWS CLI. */
import type { ServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';
import { quote } from '../lib/quote.ts';
import { exportLine, isPlaceholder, notSent, placeholderFault, shellWord } from './not-sent.ts';
import { type ProfileSections, readProfile } from './profiles.ts';
import { fromEnvironment } from './shared-files.ts';

/** A custom endpoint, and the setting that names it. */
export interface CustomEndpoint {
  readonly url: string;
  /** `AWS_ENDPOINT_URL`, or `endpoint_url of the AWS profile "dev"`. */
  readonly source: string;
  /** What a person types to set another one. */
  setTo(url: string): string;
}

const isTrue = (value: string | undefined) => value?.toLowerCase() === 'true';

function inEnvironment(env: Env, service: string): CustomEndpoint | undefined {
  const name = [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL'].find(one => env[one]);
  const url = name === undefined ? undefined : env[name];
  return name === undefined || url === undefined
    ? undefined
    : { url, source: name, setTo: other => exportLine(name, other) };
}

function inProfile({ name, data, sections }: ProfileSections, service: string): CustomEndpoint | undefined {
  const flag = `--profile ${shellWord(name)}`;
  const ofServices = data.services === undefined ? undefined : sections[`services.${data.services}`];
  const ofService = ofServices?.[`${service.toLowerCase()}.endpoint_url`];
  const profile = `the AWS profile ${quote(name)}`;
  if (ofService)
    return {
      url: ofService,
      source: `endpoint_url of ${service.toLowerCase()} in the section services ${quote(data.services ?? '')} of ${profile}`,
      setTo: other => `write endpoint_url = ${other} there.`,
    };
  return data.endpoint_url
    ? {
        url: data.endpoint_url,
        source: `endpoint_url of ${profile}`,
        setTo: other => `type: aws configure set endpoint_url ${other} ${flag}`,
      }
    : undefined;
}

/** The custom endpoint of a service; undefined if AWS's own is used. @param service as its SDK client names it */
export async function findCustomEndpoint(
  profile: string | undefined,
  service: string,
): Promise<CustomEndpoint | undefined> {
  const env: Env = await fromEnvironment(all => all);
  const section = await readProfile(profile);
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? section.data.ignore_configured_endpoint_urls))
    return undefined;
  return inEnvironment(env, service) ?? inProfile(section, service);
}

/** Why an endpoint cannot be used; undefined if it can. */
export function wrongEndpoint({ url, source, setTo }: CustomEndpoint): ServerError | undefined {
  if (isPlaceholder(url))
    return notSent(`the endpoint ${quote(url)} (${source}) ${placeholderFault}`, setTo('https://HOST'));
  const parsed = URL.canParse(url) && !/\s/.test(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.hostname !== '') return undefined;
  const bare = /^[\w.-]+(:\d+)?(\/[\w./-]*)?$/.test(url);
  const scheme = /^(localhost|127\.|0\.0\.0\.0)/.test(url) ? 'http' : 'https';
  return notSent(
    bare
      ? `the endpoint ${quote(url)} (${source}) has no scheme, http:// or https://`
      : `the endpoint ${quote(url)} (${source}) is not a URL with http:// or https://`,
    setTo(bare ? `${scheme}://${url}` : 'https://HOST'),
  );
}

/** Variants of AWS's own endpoints that settings can ask for. */
const variants = [
  { name: 'FIPS', variable: 'AWS_USE_FIPS_ENDPOINT', key: 'use_fips_endpoint' },
  { name: 'dual-stack', variable: 'AWS_USE_DUALSTACK_ENDPOINT', key: 'use_dualstack_endpoint' },
] as const;

/** Why the endpoint variants that the settings ask for cannot be used; undefined if they can. */
export async function wrongVariant(
  profile: string | undefined,
  custom: CustomEndpoint | undefined,
): Promise<ServerError | undefined> {
  const env: Env = await fromEnvironment(all => all);
  const { name: profileName, data } = await readProfile(profile);
  for (const { name, variable, key } of variants) {
    const value = env[variable] ?? data[key];
    if (value === undefined) continue;
    const isInEnvironment = env[variable] !== undefined;
    const source = isInEnvironment ? variable : `${key} of the AWS profile ${quote(profileName)}`;
    if (!/^(true|false)$/i.test(value))
      return notSent(
        `${source} is ${quote(value)}, which is neither true nor false`,
        `set ${source} to true or false.`,
      );
    if (!custom || !isTrue(value)) continue;
    const unset = isInEnvironment
      ? `type: unset ${variable}`
      : `type: aws configure set ${key} false --profile ${shellWord(profileName)}`;
    return notSent(
      `${name} endpoints (${source}) cannot be combined with a custom endpoint (${custom.source})`,
      `${unset}, or to remove ${custom.source}.`,
    );
  }
  return undefined;
}
