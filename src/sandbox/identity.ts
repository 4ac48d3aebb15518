/**
 * The sandbox's fixed key pair, region, account and app. They are public on purpose and protect nothing real.
 */

/** The only credentials that the sandbox accepts unless it runs with `anyCredentials`. */
export const sandboxCredentials = {
  accessKeyId: 'AKIASANDBOX000000000',
  secretAccessKey: 'sandbox-secret-access-key',
} as const;

/** The region a request must be signed for, and the one that all seeded ARNs and ids carry. */
export const sandboxRegion = 'us-east-1';

/** The account in the sandbox's ARNs; AWS's documentation uses the same placeholder. */
export const sandboxAccountId = '123456789012';

/** The app that a fresh sandbox holds; it is named {@link sandboxAppName}. */
export const sandboxAppId = 'd1sandboxshop';

/** The name of the seeded app. */
export const sandboxAppName = 'shop';
