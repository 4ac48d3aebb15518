/** The built `http` command as a real child process. */
import { type Child, type Env, startChild } from './child.ts';
import type { AtEnd } from './share.ts';

/** Starts it on a free port. */
export async function startHosted(
  env: Env,
  flags: readonly string[] = [],
  atEnd?: AtEnd,
): Promise<{ url: string; child: Child }> {
  const child = startChild(['http', '--port', '0', ...flags], env, atEnd);
  const [, url = ''] = /^listening on (\S+)$/.exec(await child.firstError()) ?? [];
  if (url === '') throw new Error('its first line does not say where it listens');
  return { url, child };
}
