/** The apps that a caller may touch, by the policy, on one target or on all of them. */
import type { ListedApp } from '../aws/apps.ts';
import type { Targets } from '../aws/targets.ts';
import { appUri } from '../jobs/job.ts';
import { decide, type PolicySettings } from '../policy/decide.ts';
import { operationOf } from './reads.ts';

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

/** What listing needs of the process. */
export interface AppsOptions {
  readonly targets: Targets;
  readonly policy: PolicySettings;
  readonly targetApps: (target: string | undefined) => readonly string[] | undefined;
}

/** Makes it. */
export function createListVisibleApps({ targets, policy, targetApps }: AppsOptions): ListVisibleApps {
  // Which tools are listed does not matter to which apps may be touched.
  const subject = { ...operationOf('get_backend'), toolset: 'environments' as const };
  const settings = { ...policy, toolsets: ['environments' as const] };
  return async (name, signal) => {
    const target = targets.get(name);
    const all = await target.listApps(signal);
    const apps = all
      .filter(({ appId }) => {
        const instance = { args: { appId }, targetApps: targetApps(target.name) };
        return decide(subject, settings, instance).kind !== 'deny';
      })
      .map(app => ({ ...app, uri: appUri(app) }))
      .sort((a, b) => a.name.localeCompare(b.name) || a.appId.localeCompare(b.appId));
    return { apps, hidden: all.length - apps.length };
  };
}
