/**
 * Names that callers give to the members of our tools. The tools of AWS's operations use AWS's names, our own tools shorter
 * ones, and models carry the names of one tool over to another. They serve suggestions only: no value is moved.
 */

/** A name in the spelling that ignores case and separators: `app_id`, `AppId` and `app-id` are `appid`. */
const spelling = (name: string) => name.replace(/[_-]/g, '').toLowerCase();

/** Names with one meaning, members and others. A member can be in several rows. */
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

/** The member that a key means: by another spelling, or else by another name. */
export function memberNamed(members: readonly string[], key: string): string | undefined {
  const wanted = spelling(key);
  const sameSpelling = members.find(name => spelling(name) === wanted);
  if (sameSpelling !== undefined) return sameSpelling;
  const row = rowsBySpelling.find(
    names => names.includes(wanted) && members.some(name => names.includes(spelling(name))),
  );
  return members.find(name => row?.includes(spelling(name)));
}
