/** The regions where AmplifyBackend has an endpoint, and the check of a region's name. */
import type { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { closestWords } from '../operations/closest-words.ts';
import { isPlaceholder, notSent, placeholderFault } from './not-sent.ts';

/**
 * From botocore's table of endpoints, as of 2026. Newer regions may be missing, so other regions are tried as well: the list
 * only explains an unknown host.
 */
export const amplifyBackendRegions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1', 'eu-south-1', 'me-south-1'],
  ...['ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2'],
] as const;

/** Further regions of AWS, where AmplifyBackend is not known to exist. */
const otherRegions: readonly string[] = [
  ...[
    'af-south-1',
    'ap-east-1',
    'ap-east-2',
    'ap-south-2',
    'ap-southeast-3',
    'ap-southeast-4',
    'ap-southeast-5',
  ],
  ...['ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-2', 'il-central-1'],
  ...['me-central-1', 'mx-central-1'],
];

const partitions: readonly [mark: RegExp, name: string][] = [
  [/^cn-/, 'China'],
  [/^us-gov-/, 'AWS GovCloud (US)'],
  [/^(us|eu)-iso/, "AWS's isolated regions"],
  [/^eusc-/, 'the AWS European Sovereign Cloud'],
];

/** What is known of a region without AmplifyBackend. */
export interface UnusualRegion {
  /** A clause. */
  readonly what: string;
  /** The region that is most likely meant. */
  readonly meant: string;
}

/** Whether a region lacks AmplifyBackend or does not exist; undefined for a region that has it. */
export function findUnusualRegion(region: string): UnusualRegion | undefined {
  if ((amplifyBackendRegions as readonly string[]).includes(region)) return undefined;
  const close = closestWords(region, amplifyBackendRegions);
  const meant = close[0] ?? amplifyBackendRegions[0];
  const [, partition] = partitions.find(([mark]) => mark.test(region)) ?? [];
  if (partition === undefined && !otherRegions.includes(region)) {
    const all = `AmplifyBackend exists in ${amplifyBackendRegions.join(', ')}`;
    const which = close.length === 0 ? all : `close to it are: ${close.join(', ')}`;
    return { what: `AWS is not known to have a region ${quote(region)}; ${which}`, meant };
  }
  const where = partition === undefined ? `the region ${quote(region)}` : `${partition} (${quote(region)})`;
  const what = `AmplifyBackend is not known to exist in ${where}; it exists in ${amplifyBackendRegions.join(', ')}`;
  return { what, meant };
}

/** The region and where its name comes from: a variable, a profile, a setting. */
export interface NamedRegion {
  readonly region: string;
  readonly source: string;
}

/** Why a text cannot be a region. @returns not_sent, or undefined if it can be one */
export function wrongRegion({ region, source }: NamedRegion): ServerError | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(region)) return undefined;
  const fault = isPlaceholder(region) ? placeholderFault : 'cannot be the name of a region';
  return notSent(
    `the region ${quote(region)} (${source}) ${fault}`,
    `set the region, for example: export AWS_REGION=us-east-1 (${source} holds the wrong value now), and to restart this server.`,
  );
}
