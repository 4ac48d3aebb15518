/** How the file is replaced: its backup, mode and links, and what people have added to it. */
import { chmodSync, existsSync, lstatSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/cli/install/json-edit.ts';
import { block, CURSOR, SELF, user } from '../../support/host-user.ts';

describe('the file on disk', () => {
  it('gets a backup, keeps its mode and its link, and is not changed again by the same request', async () => {
    const { install, path, read, names, lines } = user({ 'dotfiles/mcp.json': block });
    chmodSync(path('dotfiles/mcp.json'), 0o640);
    mkdirSync(path('.cursor'));
    symlinkSync('../dotfiles/mcp.json', path(CURSOR));
    await install('cursor', { settings: ['--sandbox'] });
    expect(lstatSync(path(CURSOR)).isSymbolicLink()).toBe(true);
    expect(statSync(path('dotfiles/mcp.json')).mode & 0o777).toBe(0o640);
    expect(names('dotfiles')).toEqual(['mcp.json']);
    const [copy = ''] = names('.cursor').filter(name => name.startsWith('mcp.json.backup-'));
    expect(read(`.cursor/${copy}`)).toBe(block);
    expect(statSync(path(`.cursor/${copy}`)).mode & 0o777).toBe(0o640);
    expect(lines.join('\n')).toContain(copy);
    const written = read(CURSOR);
    await install('cursor', { settings: ['--sandbox'] });
    expect(read(CURSOR)).toBe(written);
    expect(names('.cursor')).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/as it should be/);
  });

  it('keeps what people added to the block, says which settings change, and drops variables that contradict them', async () => {
    const old = {
      command: 'node',
      args: ['/old/amplify-backend-mcp/dist/cli.js', '--read-only'],
      disabled: false,
      env: { AWS_PROFILE: 'old', AWS_REGION: 'eu-west-1', HTTPS_PROXY: 'p' },
    };
    const { install, read, lines } = user({
      [CURSOR]: JSON.stringify({ mcpServers: { 'amplify-backend': old } }),
    });
    await install('cursor', { settings: ['--profile', 'shop'] });
    expect(parseJson(read(CURSOR))).toEqual({
      mcpServers: {
        'amplify-backend': {
          command: SELF[0],
          args: [SELF[1], '--profile', 'shop'],
          disabled: false,
          env: { AWS_REGION: 'eu-west-1', HTTPS_PROXY: 'p' },
        },
      },
    });
    expect(lines).toContain('Settings before: --read-only. Now: --profile shop.');
  });

  it('gets no AWS secret; a dry run shows the change without secrets of other servers, and writes nothing', async () => {
    const text =
      '{\n  "mcpServers": {\n    "other": { "env": { "X": "hunter2" } }\n  },\n  "apiKey": "sk-other-hunter2"\n}\n';
    const { install, path, read, names, lines } = user({ [CURSOR]: text, '.zed': '' });
    expect(await install('cursor', { isDryRun: true, settings: ['--sandbox'] })).toBe(0);
    expect(read(CURSOR)).toBe(text);
    expect(names('.cursor')).toEqual(['mcp.json']);
    const shown = lines.join('\n');
    expect(shown).toMatch(/^\+ {4}"amplify-backend": \{$/m);
    expect(shown).toContain(`+      "command": "${SELF[0]}"`);
    expect(shown).toMatch(/nothing was written/);
    expect(shown).not.toContain('hunter2');
    await install('gemini', { isDryRun: true });
    expect(existsSync(path('.gemini'))).toBe(false);
    await install('cursor', { settings: ['--sandbox'] });
    expect(read(CURSOR)).not.toMatch(/AKIA|wJalr|of-the-shell/);
  });

  it('loses only this server by uninstall', async () => {
    const foreign = '{ "mcpServers": { "amplify-backend": { "command": "other-program" } } }';
    const { uninstall, read, lines } = user({ [CURSOR]: foreign, '.gemini/settings.json': block });
    await expect(uninstall('cursor')).rejects.toThrow(/starts another program/);
    expect(read(CURSOR)).toBe(foreign);
    expect(await uninstall('gemini')).toBe(0);
    expect(read('.gemini/settings.json')).toBe(block);
    expect(lines.at(-1)).toMatch(/has no server amplify-backend/);
  });

  it('of a project is written with the advice not to commit it', async () => {
    const { install, read, lines } = user();
    await install('vscode', { isProject: true, name: 'sandbox', settings: ['--sandbox'] });
    expect(parseJson(read('project/.vscode/mcp.json'))).toEqual({
      servers: { sandbox: { type: 'stdio', command: SELF[0], args: [SELF[1], '--sandbox'] } },
    });
    expect(lines.join('\n')).toMatch(/do not commit/);
  });
});
