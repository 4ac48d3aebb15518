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

/** An app that was found, by its id, its name, or as the only one. */
export interface FoundApp {
  readonly appId: string;
  /** Absent for an app that Amplify does not list. */
  readonly name?: string | undefined;
}

/**
 * Finds an app by its id or its name; without either, the only app of the target.
 * @throws ServerError not_found, or invalid_arguments where several apps fit
 */
export type FindApp = (
  app: string | undefined,
  target: string | undefined,
  signal?: AbortSignal,
) => Promise<FoundApp>;

/** The ids of the only apps of a target that may be touched; undefined where all may be. */
export type AllowedApps = (target: string | undefined) => readonly string[] | undefined;

/** How many apps an error lists. */
const MOST_LISTED = 20;

/** Apps in a sentence, by name and id. */
function appsText(apps: readonly VisibleApp[]): string {
  const shown = apps
    .slice(0, MOST_LISTED)
    .map(({ appId, name }) => `${quoteName(name)} (${quoteName(appId)})`);
  const more = apps.length > MOST_LISTED ? ` and ${apps.length - MOST_LISTED} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** The only app that a call without `app` can mean. @throws ServerError unless there is exactly one */
function onlyApp({ apps, hidden }: VisibleApps, allowed: readonly string[] | undefined): FoundApp {
  const [only, another] = apps;
  if (another)
    throw new ServerError('invalid_arguments', {
      message: `app is missing, and there are ${apps.length} apps: ${appsText(apps)}. Nothing was changed.`,
      hint: 'Ask the person which one is meant, and call again with its id as app.',
    });
  // Amplify's list may lack an app without hosting that AmplifyBackend has.
  const [allowedId, ...others] = allowed ?? [];
  const found = only ?? (allowedId !== undefined && others.length === 0 ? { appId: allowedId } : undefined);
  if (found) return found;
  const left = hidden > 0 ? ` that may be touched; ${hidden} are excluded by the configuration` : '';
  throw new ServerError('not_found', {
    message: `app is missing, and Amplify lists no app in this account and region${left}.`,
    hint: 'Check account and region with whoami; then call again with the id of the app as app.',
  });
}

/** Creates the search for an app. @param list the listing that it searches */
export function createFindApp(list: ListVisibleApps, allowedApps: AllowedApps): FindApp {
  return async (app, target, signal) => {
    const allowed = allowedApps(target);
    const isId = app === undefined ? allowed?.length === 1 : isAppId(app);
    const visible = await list(target, signal).catch(thrown => {
      // An id needs no permission to list apps.
      if (isId && toServerError(thrown).code === 'access_denied') return { apps: [], hidden: 0 };
      throw thrown;
    });
    if (app === undefined) return onlyApp(visible, allowed);
    const { apps } = visible;
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
    if (found || isAppId(app)) return found ?? { appId: app };
    throw new ServerError('not_found', {
      message: `No app is named ${quote(app, 80)} in this account and region.${apps.length > 0 ? ` There are: ${appsText(apps)}.` : ''}`,
      hint: 'If one of the apps that list_apps shows is meant, call again with its id. Ask the person if it is not certain.',
    });
  };
}
