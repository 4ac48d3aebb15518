/** The apps that a caller may touch, by the policy, on one target or on all of them. */
import type { ListedApp } from '../aws/amplify.ts';
import type { Targets } from '../aws/targets.ts';
import { ServerError, toServerError } from '../errors.ts';
import { appUri } from '../jobs/job.ts';
import { isAppId } from '../lib/app-id.ts';
import { quote, quoteName } from '../lib/quote.ts';
import type { RefuseApp } from './refuse-app.ts';

/** An app, with the URI of its resource. */
export interface VisibleApp extends ListedApp {
  readonly uri: string;
}

/** The apps of one target, by name. */
export interface VisibleApps {
  readonly apps: readonly VisibleApp[];
  /** How many further apps the policy excludes. */
  readonly hidden: number;
}

/** Lists the apps of a target. @throws ServerError */
export type ListVisibleApps = (target: string | undefined, signal?: AbortSignal) => Promise<VisibleApps>;

/** Creates the listing of apps. */
export function createListVisibleApps(targets: Targets, refuseApp: RefuseApp): ListVisibleApps {
  return async (name, signal) => {
    const target = targets.get(name);
    const all = await target.amplify.listApps(signal);
    const apps = all
      .filter(({ appId }) => !refuseApp(appId, target.name))
      .map(app => ({ ...app, uri: appUri(app) }))
      .sort((a, b) => a.name.localeCompare(b.name) || a.appId.localeCompare(b.appId));
    return { apps, hidden: all.length - apps.length };
  };
}

/** Finds an app by its id or its name. @throws ServerError not_found, or invalid_arguments where two apps fit */
export type FindApp = (
  app: string,
  target: string | undefined,
  signal?: AbortSignal,
) => Promise<{ readonly appId: string }>;

/** Creates the search for an app. @param list the listing that it searches */
export function createFindApp(list: ListVisibleApps): FindApp {
  return async (app, target, signal) => {
    const { apps } = await list(target, signal).catch(thrown => {
      // An id needs no permission to list apps.
      if (isAppId(app) && toServerError(thrown).code === 'access_denied') return { apps: [] };
      throw thrown;
    });
    const named = apps.filter(({ name }) => name === app);
    const byId = apps.find(({ appId }) => appId === app);
    const [found, another] = byId ? [byId] : named;
    if (another) {
      const ids = named.map(({ appId }) => quoteName(appId)).join(' and ');
      throw new ServerError('invalid_arguments', {
        message: `Several apps have this name: ${ids}. Nothing was changed.`,
        hint: 'Ask the person which one is meant, and call again with its id.',
      });
    }
    // Amplify's list may lack an app without hosting that AmplifyBackend has.
    if (found || isAppId(app)) return { appId: found?.appId ?? app };
    throw new ServerError('not_found', {
      message: `No app is named ${quote(app, 80)} in this account and region.`,
      hint: 'Call list_apps to see the apps, then call again with one of their ids.',
    });
  };
}
