/** Which configured servers count as this program: only those whose program belongs to this package. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { programIn } from '../../../src/cli/install/own-program.ts';
import { CURSOR, SELF, user } from '../../support/host-user.ts';

const files = {
  'other/dist/cli.js': '',
  'other/package.json': '{"name":"other-mcp"}',
  'amplify-backend-mcp-fork/dist/cli.js': '',
  'amplify-backend-mcp-fork/package.json': '{"name":"amplify-backend-mcp"}',
  'amplify-backend-mcp/dist/cli.js': '',
  'amplify-backend-mcp/package.json': '{"name":"another-package"}',
  'bundle/server/cli.js': '',
  'bundle/manifest.json': '{"name":"amplify-backend-mcp"}',
  'module/dist/cli.js': '',
  'module/src/cli.ts': '',
  'module/dist/package.json': '{"type":"module"}',
  'module/package.json': '{"name":"amplify-backend-mcp"}',
  'broken/dist/cli.js': '',
  'broken/package.json': '{"name":',
};

const entry = (command: unknown, ...args: string[]) => ({ command, args, env: { TOKEN: 's3cr3t' } });

/** `~` in an argument stands for the home folder. */
function userWith(server: object) {
  const made = user(files);
  const text = JSON.stringify({ mcpServers: { shop: server } }).replaceAll('~', made.path(''));
  mkdirSync(made.path('.cursor'));
  made.write(CURSOR, text);
  return { ...made, text };
}

describe('another server', () => {
  it.each([
    ['a file dist/cli.js of another package', entry('node', '~/other/dist/cli.js')],
    ['a missing file dist/cli.js', entry('node', '/opt/other-mcp/dist/cli.js')],
    ['a missing file server/cli.js', entry('node', '/opt/other-mcp/server/cli.js')],
    ['another package in a folder of this name', entry('node', '~/amplify-backend-mcp/dist/cli.js')],
    ['a package without a name', entry('node', '~/broken/dist/cli.js')],
    ['a module of this package', entry('node', '/gone/amplify-backend-mcp/node_modules/x/dist/cli.js')],
    [
      'a folder of this name as an argument',
      entry('npx', '-y', 'server-filesystem', '/home/ada/amplify-backend-mcp'),
    ],
    [
      'another file in a folder of this name that is gone',
      entry('node', '/gone/amplify-backend-mcp/other.js'),
    ],
    ['a word among the arguments', entry('node', '/opt/x.js', '--not', 'amplify-backend-mcp')],
    ['a package whose name starts with this name', entry('npx', '-y', 'amplify-backend-mcp-proxy')],
    ['a package of another publisher', entry('npx', '-y', '@evil/amplify-backend-mcp')],
    ['an alias of another package', entry('npx', '-y', 'amplify-backend-mcp@npm:other')],
    [
      'a container with a folder of this name',
      entry('docker', 'run', '-v', '/amplify-backend-mcp:/x', 'other'),
    ],
    ['a container of this name', entry('docker', 'run', '--rm', '--name', 'amplify-backend-mcp', 'other')],
    ['an image of this organization', entry('docker', 'run', 'ghcr.io/amplify-backend-mcp/other:1')],
    ['a command whose name ends with this name', entry('/usr/bin/not-amplify-backend-mcp')],
    ['a shell command', entry('sh', '-c', 'amplify-backend-mcp')],
    ['a relative file dist/cli.js', entry('node', 'dist/cli.js')],
    ['no program', { url: 'https://amplify-backend-mcp.example/mcp' }],
    ['a program that is not a string', entry(3)],
  ])('is %s: neither taken over nor removed', async (_, server) => {
    const { install, uninstall, read, text, names } = userWith(server);
    await expect(install('cursor', { name: 'shop', settings: ['--sandbox'] })).rejects.toThrow(
      /has another server called shop .*nothing was written\. Give this one another name: --name NAME/,
    );
    await expect(uninstall('cursor', { name: 'shop' })).rejects.toThrow(
      /shop starts another program .*nothing was removed\. This program is not in that file/,
    );
    expect(read(CURSOR)).toBe(text);
    expect(names('.cursor')).toEqual(['mcp.json']);
  });

  it('is named with its program, next to the name under which this program is installed', async () => {
    const { install, uninstall } = userWith(entry('node', '/opt/other-mcp/dist/cli.js'));
    await install('cursor', { name: 'mine' });
    await expect(uninstall('cursor', { name: 'shop' })).rejects.toThrow(
      /\("node \/opt\/other-mcp\/dist\/cli\.js"\).*For this program type --name mine\./,
    );
  });
});

describe('this program', () => {
  it.each([
    ['the program that runs', entry('node', SELF[1])],
    ['a clone in a folder of another name', entry('node', '~/amplify-backend-mcp-fork/dist/cli.js')],
    ['an option of Node before the file', entry('node', '--import', 'tsx', '~/module/src/cli.ts')],
    ['a file below a manifest without a name', entry('node', '~/module/dist/cli.js')],
    ['a bundle', entry('/usr/bin/node', '~/bundle/server/cli.js')],
    ['a relative path with its folder', { ...entry('node', 'dist/cli.js'), cwd: '~/module' }],
    ['a clone that no longer exists', entry('node', '/gone/amplify-backend-mcp/dist/cli.js')],
    ['a Windows path', entry('C:\\Node\\node.exe', 'C:\\ada\\amplify-backend-mcp\\dist\\cli.js')],
    [
      'an installed package that no longer exists',
      entry('node', '/gone/node_modules/amplify-backend-mcp/dist/cli.js'),
    ],
    ['the command', entry('amplify-backend-mcp')],
    ['the command on Windows', entry('C:\\npm\\amplify-backend-mcp.cmd', '--sandbox')],
    ['the published package', entry('npx', '-y', 'amplify-backend-mcp')],
    ['a version of it', entry('npx', 'amplify-backend-mcp@0.2.0')],
    ['npx through cmd', entry('cmd', '/c', 'npx', '-y', 'amplify-backend-mcp@latest')],
    ['npx with the package named', entry('npx', '-p', 'amplify-backend-mcp', 'amplify-backend-mcp')],
    ['npm exec', entry('npm', 'exec', '--', 'amplify-backend-mcp')],
    [
      'its image',
      entry('docker', 'run', '-i', '--rm', '-e', 'AWS_PROFILE', 'amplify-backend-mcp:0.2', 'stdio'),
    ],
    [
      'its image in a registry',
      entry('podman', 'run', '-it', 'r.example:5000/x/amplify-backend-mcp@sha256:0a'),
    ],
    ['one list, as opencode has it', { command: ['node', '~/module/dist/cli.js'] }],
  ])('is %s: it can be removed', async (_, server) => {
    const { uninstall, read } = userWith(server);
    expect(await uninstall('cursor', { name: 'shop' })).toBe(0);
    expect(JSON.parse(read(CURSOR))).toEqual({ mcpServers: {} });
  });

  it('is a link to its file', async () => {
    const { uninstall, path, read } = userWith(entry('~/bin/anything'));
    mkdirSync(path('bin'));
    symlinkSync(path('module/dist/cli.js'), path('bin/anything'));
    await uninstall('cursor', { name: 'shop' });
    expect(read(CURSOR)).not.toContain('anything');
  });
});

it('finds no program in a command line without one', () => {
  expect(programIn(['node', '--version'])).toBeUndefined();
  expect(programIn(['docker', 'run', '--name', 'x'])).toBeUndefined();
});
