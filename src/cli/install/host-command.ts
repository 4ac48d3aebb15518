/**
 * Claude Code's own command. Its file is the state that Claude Code itself rewrites while it runs, so a new server is
 * added and removed by the program that locks it. Other hosts' commands are not used: they rewrite the whole file
 * without its comments (Codex), lay it out anew (Gemini CLI) or cannot remove (VS Code).
 */
import { once } from 'node:events';
import { spawn } from 'cross-spawn';
import which from 'which';
import type { Env } from '../../lib/env.ts';
import type { Json } from '../../lib/json.ts';

/** After this time, `claude` is ended. */
const TIMEOUT_MS = 30_000;

export const addingArguments = (name: string, block: Json): string[] => [
  ...['mcp', 'add-json', '--scope', 'user', name],
  JSON.stringify(block),
];

export const removingArguments = (name: string): string[] => ['mcp', 'remove', '--scope', 'user', name];

/** The program `claude` on the PATH of an environment. */
export async function findClaude({ PATH, Path = PATH, PATHEXT }: Env): Promise<string | undefined> {
  if (!Path) return undefined;
  const found = await which('claude', {
    path: Path,
    nothrow: true,
    ...(PATHEXT ? { pathExt: PATHEXT } : {}),
  });
  return found ?? undefined;
}

/** Runs `claude` and discards its output. @returns whether it exited with 0 */
export async function runClaude(program: string, args: readonly string[], env: Env): Promise<boolean> {
  const child = spawn(program, [...args], { env: { ...env }, stdio: 'ignore', timeout: TIMEOUT_MS });
  try {
    const [code] = await once(child, 'close');
    return code === 0;
  } catch {
    return false;
  }
}
