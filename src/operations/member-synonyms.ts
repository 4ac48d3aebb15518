/**
 * Names that callers use in place of a member's own. Tools for AWS's operations have AWS's names, workflow tools have shorter
 * ones, and models confuse the two. The synonyms are only used for suggestions: no value is moved.
 */

/** A name without case and separators: `app_id`, `AppId` and `app-id` become `appid`. */
const spelling = (name: string) => name.replace(/[_-]/g, '').toLowerCase();

/** Rows of names with the same meaning. A member can be in several rows. */
const rows: readonly (readonly string[])[] = [
  ['app', 'appId', 'appName', 'application', 'applicationId'],
  [
    'environment',
    'backendEnvironmentName',
    'backendEnvironment',
    'environmentName',
    'env',
    'envName',
    'backend',
  ],
  ['from', 'left', 'backendEnvironmentName', 'source', 'sourceEnvironment', 'sourceEnvironmentName'],
  [
    ...['to', 'right', 'targetEnvironmentName', 'targetEnvironment', 'destination'],
    ...['destinationEnvironment', 'destinationEnvironmentName', 'newEnvironmentName'],
  ],
  ['jobId', 'job'],
  ['job', 'jobUri', 'uri', 'resourceUri'],
  ['resource', 'resourceName', 'part', 'category'],
  ['dryRun', 'plan', 'planOnly', 'preview', 'simulate', 'noop'],
  ['confirmationToken', 'confirmToken', 'confirmation', 'token'],
  ['timeoutSeconds', 'timeout', 'seconds', 'waitSeconds'],
  ['maxResults', 'limit', 'pageSize', 'max', 'count'],
  ['nextToken', 'cursor', 'pageToken'],
  ['query', 'q', 'request', 'search', 'text'],
];

const rowsBySpelling = rows.map(row => row.map(spelling));

/** The member that a key stands for: in another spelling, or else under another name. */
export function memberNamed(members: readonly string[], key: string): string | undefined {
  const wanted = spelling(key);
  const sameSpelling = members.find(name => spelling(name) === wanted);
  if (sameSpelling !== undefined) return sameSpelling;
  const row = rowsBySpelling.find(
    names => names.includes(wanted) && members.some(name => names.includes(spelling(name))),
  );
  return members.find(name => row?.includes(spelling(name)));
}
