/** The files of deploy/, and the settings in the environments that they give a server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../src/cli/config.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { ENV_PREFIX } from '../../src/server/settings.ts';

export const root = new URL('../..', import.meta.url).pathname;
export const folder = join(root, 'deploy');
export const read = (file: string) => readFileSync(join(folder, file), 'utf8');
/** How long a server waits for running calls when it ends, in seconds. */
export const drainS = defaultLimits.drainMs / 1000;

export type Env = Record<string, string>;
/** The settings in an environment, with no file. */
export const settingsIn = (env: Env) =>
  parseConfig({
    env: Object.fromEntries(
      Object.entries(env)
        .filter(([name]) => name.startsWith(ENV_PREFIX))
        .map(([name, value]) => [name, value.replace(/\$\{.*?\}/g, 'given')]),
    ),
  });
