/**
 * Who the sandbox is: the one key pair, region, account and app id that every part of it (and every user) names.
 * Public knowledge on purpose; nothing here guards anything real.
 */

/** The only credentials that the sandbox accepts unless it runs with `anyCredentials`. */
export const sandboxCredentials = {
  accessKeyId: 'AKIASANDBOX000000000',
  secretAccessKey: 'sandbox-secret-access-key',
} as const;

/** The region a request must be signed for, and the one that all seeded ARNs and ids carry. */
export const sandboxRegion = 'us-east-1';

/** The account number in the sandbox's ARNs (AWS's own documentation placeholder). */
export const sandboxAccountId = '123456789012';

/** The app that a fresh sandbox holds; it is named {@link sandboxAppName}. */
export const sandboxAppId = 'd1sandboxshop';

/** The name of the seeded app. */
export const sandboxAppName = 'shop';
