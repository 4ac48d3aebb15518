/** The regions where AmplifyBackend has an endpoint, and the check of a region's name. */
import type { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { isPlaceholder, notSent } from './not-sent.ts';

/**
 * By botocore's table of endpoints, as of 2026. Newer regions may be missing, so a region beyond the list is tried
 * all the same: the list only explains why a host is unknown.
 */
export const amplifyBackendRegions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1', 'eu-south-1', 'me-south-1'],
  ...['ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2'],
] as const;

const partitions: readonly [mark: RegExp, name: string][] = [
  [/^cn-/, 'China'],
  [/^us-gov-/, 'AWS GovCloud (US)'],
  [/^(us|eu)-iso/, "AWS's isolated regions"],
  [/^eusc-/, 'the AWS European Sovereign Cloud'],
];

/** Why a region has no AmplifyBackend, as far as is known; undefined for a region that has it. */
export function lacksAmplifyBackend(region: string): string | undefined {
  if ((amplifyBackendRegions as readonly string[]).includes(region)) return undefined;
  const [, partition] = partitions.find(([mark]) => mark.test(region)) ?? [];
  const where = partition === undefined ? `the region ${quote(region)}` : `${partition} (${quote(region)})`;
  return `AmplifyBackend is not known to exist in ${where}; it exists in ${amplifyBackendRegions.join(', ')}`;
}

/** The region and where its name comes from: a variable, a profile, a setting. */
export interface NamedRegion {
  readonly region: string;
  readonly source: string;
}

/** Why a text cannot be a region. @returns not_sent, or undefined where it may be one */
export function wrongRegion({ region, source }: NamedRegion): ServerError | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(region)) return undefined;
  const what = isPlaceholder(region)
    ? `the region is still the placeholder ${quote(region)} (${source}), which nobody has filled in`
    : `the region ${quote(region)} (${source}) cannot be the name of a region`;
  return notSent(
    what,
    `set the region, for example: export AWS_REGION=us-east-1 (${source} holds the wrong value now), and to restart this server.`,
  );
}
