/** The apps that completions can name without asking AWS. */
import type { Jobs } from '../call/jobs.ts';
import { refuseToTouch } from '../policy/decide.ts';
import type { CallerConfig } from './callers.ts';

/** Whether the policy lets calls touch the app on any target. */
function mayTouch(appId: string, config: CallerConfig): boolean {
  const names = config.sandbox ? [] : Object.keys(config.targets);
  const bounds = names.length === 0 ? [undefined] : names.map(name => config.targets[name]?.apps);
  return bounds.some(apps => !refuseToTouch(appId, config, apps));
}

/** The apps of the configuration and of the caller's known jobs, without those that the policy excludes. */
export function knownAppsOf(
  config: CallerConfig,
  jobs: Pick<Jobs, 'known'>,
): (caller: string) => readonly string[] {
  return caller =>
    [
      ...config.apps,
      ...Object.values(config.targets).flatMap(({ apps = [] }) => apps),
      ...jobs.known(caller).map(({ job }) => job.appId),
    ].filter(appId => mayTouch(appId, config));
}
