/** A user in a temporary home, for tests of `install` and `uninstall`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type InstallRequest, install, uninstall } from '../../src/cli/install/index.ts';
import type { Machine } from '../../src/cli/install/machine.ts';
import type { Io } from '../../src/cli/io.ts';

export const SELF = ['/opt/node/bin/node', '/opt/amplify-backend-mcp/dist/cli.js'] as const;
export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** A user on Linux with a temporary home, and no host's program on the PATH. */
export function user(files: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = (name: string) => join(home, name);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
  const lines: string[] = [];
  const env = {
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_PROFILE: 'of-the-shell',
  };
  const io = { out: (line: string) => void lines.push(line), env, self: SELF } as Partial<Io> as Io;
  const place: Machine = { platform: 'linux', home, env, folder: join(home, 'project') };
  const run =
    (command: typeof install) =>
    (host: string, more: Omit<InstallRequest, 'host'> = {}) =>
      command(io, { host, ...more }, place);
  return {
    path,
    read: (name: string) => readFileSync(path(name), 'utf8'),
    write: (name: string, text: string) => writeFileSync(path(name), text),
    names: (folder = '') => readdirSync(path(folder)).sort(),
    lines,
    /** Removes the copies of a file that `install` has kept, so that `uninstall` cannot restore them. */
    removeCopies: (name: string) => {
      for (const copy of readdirSync(dirname(path(name))).filter(entry => entry.includes('.backup-')))
        rmSync(join(dirname(path(name)), copy));
    },
    install: run(install),
    uninstall: run(uninstall),
  };
}

export const CURSOR = '.cursor/mcp.json';
export const CODEX = '.codex/config.toml';

/** The configuration of a host with another server, whose secret it contains. */
export const block = `{
  "mcpServers": {
    "other": { "command": "other", "env": { "TOKEN": "t0k3n" } }
  }
}
`;
