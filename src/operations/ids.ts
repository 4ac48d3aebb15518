/**
 * The identifiers in URLs and the names of resources, each described and checked once. The SDK encodes `/` in a path
 * segment but not `..`, which would turn one operation's path into another's. Every id is therefore checked here before it
 * is used in a URL, and none may start with a dot.
 */
import { APP_ID } from '../lib/app-id.ts';
import { NEW_ENVIRONMENT_NAME, NEW_ENVIRONMENT_NAME_RULE } from '../lib/new-environment-name.ts';
import { formedText, longText, nameText } from './bounds.ts';

const pathSegment = /^[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,127}$/;

export const appId = formedText(
  APP_ID,
  20,
  'an Amplify app id is d followed by lower-case letters and digits, at most 20',
).describe('App id (d...)');

/** An app as a person names it; a call without it means the only app of the account. */
export const appIdOrName = nameText().min(1).optional().describe('App id or name. Default: the only app');

/** An existing environment: old ones may have names that today's Amplify CLI would refuse (`NONE`, digits). */
export const backendEnvironmentName = formedText(
  /^[A-Za-z0-9_-]{1,100}$/,
  100,
  'an environment name has letters, digits, _ and - only, at most 100',
).describe('Environment name');

export const newEnvironmentName = formedText(NEW_ENVIRONMENT_NAME, 10, NEW_ENVIRONMENT_NAME_RULE).describe(
  'New environment name: 2-10 lower-case letters',
);

export const jobId = formedText(
  pathSegment,
  128,
  'a job id has letters, digits, _ . : - only, at most 128, and does not start with a dot',
).describe('Job id');

export const sessionId = formedText(
  pathSegment,
  128,
  'a session id has letters, digits, _ . : - only, at most 128, and does not start with a dot',
).describe('Session id from create_token');

/** The logical name of a category's resource in the Amplify project. */
export const resourceName = nameText()
  .min(1)
  .max(128)
  .refine(name => !/\p{Cs}/u.test(name), 'a resource name has no half of a surrogate pair')
  .describe('Resource name. A key in the meta of get_backend');

/** A name for a new resource: letters and digits, like those of the Amplify CLI. Older resources have other names. */
export const newResourceName = resourceName
  .regex(/^[A-Za-z0-9]*$/, 'a new resource name has letters and digits only')
  .describe('Name for the new resource, e.g. shopauth');

export const nextToken = longText().min(1).describe('Cursor from the previous page');
