/** Reads an app from AmplifyBackend, which no longer knows an app after its last environment was deleted. */
import { toServerError } from '../../errors.ts';
import { type AppFacts, type Read, readApp } from '../shared/read.ts';

/** @returns undefined for an app that AmplifyBackend does not know @throws ServerError */
export async function readKnownApp(read: Read, appId: string): Promise<AppFacts | undefined> {
  try {
    return await readApp(read, appId);
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return undefined;
    throw thrown;
  }
}
