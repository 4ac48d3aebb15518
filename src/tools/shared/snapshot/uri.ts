/** Reads the URI of a snapshot that comes back as an argument. */
import { type EnvironmentRef, snapshotUri } from '../../../jobs/job.ts';

/** `SNAPSHOT_URI_TEMPLATE` with an id in the place of each variable. */
const pattern = /^amplify-backend:\/\/apps\/([\w%.:-]{1,128})\/environments\/([\w%.:-]{1,128})\/snapshot$/;

/** The environment whose snapshot the URI names; undefined where it names none. The ids are not checked. */
export function readSnapshotUri(uri: string): EnvironmentRef | undefined {
  const [, appId, backendEnvironmentName] = pattern.exec(uri) ?? [];
  if (appId === undefined || backendEnvironmentName === undefined) return undefined;
  return { appId, backendEnvironmentName };
}

export { snapshotUri };
