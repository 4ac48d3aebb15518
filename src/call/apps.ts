/** The apps that a caller may touch, by the policy, on one target or on all of them. */
import type { ListedApp } from '../aws/amplify.ts';
import type { Targets } from '../aws/targets.ts';
import { ServerError, toServerError } from '../errors.ts';
import { appUri } from '../jobs/job.ts';
import { quote, quoteName } from '../lib/quote.ts';
import type { RefuseApp } from './refuse-app.ts';

/** An app, and where it can be read. */
export interface VisibleApp extends ListedApp {
  readonly uri: string;
}

/** The apps of one target, by name. */
export interface VisibleApps {
  readonly apps: readonly VisibleApp[];
  /** How many more there are that the policy keeps out of reach. */
  readonly hidden: number;
}

/** Lists them. @throws RegisteredError */
export type ListVisibleApps = (target: string | undefined, signal?: AbortSignal) => Promise<VisibleApps>;

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

/** The app that is meant by an id or a name. @throws RegisteredError not_found, or invalid_arguments where two fit */
export type FindApp = (
  app: string,
  target: string | undefined,
  signal?: AbortSignal,
) => Promise<{ readonly appId: string }>;

/** As Amplify's own pattern has it; a name can look like one. */
const looksLikeId = (app: string) => /^d[a-z0-9]{1,19}$/.test(app);

/** Makes it. */
export function createFindApp(list: ListVisibleApps): FindApp {
  return async (app, target, signal) => {
    const { apps } = await list(target, signal).catch(thrown => {
      // Whoever has an id need not be allowed to list.
      if (looksLikeId(app) && toServerError(thrown).code === 'access_denied') return { apps: [] };
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
    // An app without hosting may not be listed; what it has is asked of AmplifyBackend.
    if (found || looksLikeId(app)) return { appId: found?.appId ?? app };
    throw new ServerError('not_found', {
      message: `No app is named ${quote(app, 80)} in this account and region.`,
      hint: 'list_apps shows the apps that there are.',
    });
  };
}
