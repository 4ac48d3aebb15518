/** The URI of an environment's snapshot: made for who is to read it, and read where it comes back as an argument. */
import { type EnvironmentAddress, SNAPSHOT_URI_TEMPLATE, snapshotUri } from '../jobs/job.ts';

const pattern = new RegExp(`^${SNAPSHOT_URI_TEMPLATE.replace(/\{(\w+)\}/g, '(?<$1>[\\w%.:-]{1,128})')}$`);

/** Which environment's snapshot it names; undefined where it names none. The ids are not checked. */
export function readSnapshotUri(uri: string): EnvironmentAddress | undefined {
  const ids = pattern.exec(uri)?.groups;
  if (!ids) return undefined;
  const { appId = '', backendEnvironmentName = '' } = ids;
  return { appId, backendEnvironmentName };
}

export { snapshotUri };
