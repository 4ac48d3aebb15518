/** The Amplify apps of an account, with their names: AmplifyBackend itself knows apps by their ids alone. */
import type { App } from '@aws-sdk/client-amplify';
import { type AwsSettings, clientSettings } from './client.ts';
import { toRegistered } from './failures.ts';

/** An app as it is listed. */
export interface ListedApp {
  readonly appId: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** Lists the apps of an account and region, at most ten thousand. @throws RegisteredError */
export type ListApps = (signal?: AbortSignal) => Promise<readonly ListedApp[]>;

const PAGE_SIZE = 100;
const MAX_PAGES = 100;

const operation = {
  name: 'ListApps',
  access: 'read',
  evidence: undefined,
  iamAction: 'amplify:ListApps',
} as const;

function toListed({ appId, name, createTime, updateTime }: App): ListedApp {
  return {
    appId: appId ?? '',
    name: name ?? '',
    ...(createTime && { createdAt: createTime.toISOString() }),
    ...(updateTime && { updatedAt: updateTime.toISOString() }),
  };
}

/** Makes it; the client is loaded by the first call. */
export function createListApps(settings: AwsSettings): ListApps {
  return async signal => {
    const { AmplifyClient, AmplifyServiceException, paginateListApps } = await import(
      '@aws-sdk/client-amplify'
    );
    const client = new AmplifyClient(clientSettings(settings, 'reads'));
    const apps: ListedApp[] = [];
    try {
      const pages = paginateListApps(
        { client, pageSize: PAGE_SIZE },
        {},
        ...(signal ? [{ abortSignal: signal }] : []),
      );
      let read = 0;
      for await (const page of pages) {
        apps.push(...(page.apps ?? []).map(toListed));
        read += 1;
        if (read >= MAX_PAGES) break;
      }
      return apps;
    } catch (thrown) {
      throw toRegistered(thrown, { ...operation, exception: AmplifyServiceException }, []);
    } finally {
      client.destroy();
    }
  };
}
