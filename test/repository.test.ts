/**
 * What the documents of the repository name: links, anchors, scripts, commands, tools, error codes, paths and the version.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import pkg from '../package.json' with { type: 'json' };
import { errorRegistry } from '../src/errors.ts';
import { refusalReasons } from '../src/http/token-refusal.ts';
import { operations } from '../src/operations/index.ts';
import { settingsTable } from '../src/server/settings.ts';
import { declaredTools } from '../src/tools/index.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What is made and not kept, as .gitignore lists it. */
const ignored = new Set([
  '.git',
  ...read('.gitignore')
    .split('\n')
    .map(line => line.replace(/\/$/, '')),
]);

/** The repository's files, by their paths. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !ignored.has(name) && !/\.(?:tgz|mcpb)$/.test(name))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}

const files = filesIn('');
const folders = new Set(files.flatMap(file => parentsOf(file)));

/** The documents for people and agents; what models read of a tool is test/catalog.test.ts's. */
const pages = files.filter(file => file.endsWith('.md') && !file.startsWith('tool-descriptions/'));

function parentsOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** All that a pattern's first group finds on a page. */
const found = (page: string, pattern: RegExp) =>
  [...page.matchAll(pattern)].map(([, text = '']) => text.trim());

/** A page without its blocks of code. */
const prose = (page: string) => page.replace(/^ *```[\s\S]*?^ *```/gm, '');

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsIn(page: string): string[] {
  return found(prose(page), /^#+ (.*)$/gm).map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Links that lead nowhere, from a page at this path. */
function brokenLinks(path: string, page: string): string[] {
  return found(prose(page), /\]\((?!https?:)([^)\s]+)\)/g).filter(to => {
    const [file = '', anchor] = to.split('#');
    const target = file === '' ? path : join(path, '..', file);
    if (!files.includes(target) && !folders.has(target)) return true;
    return anchor !== undefined && !anchorsIn(read(target)).includes(anchor);
  });
}

const scripts = new Set(Object.keys(pkg.scripts));
const unknownScripts = (page: string) =>
  found(page, /\bnpm run (?:-s |--silent )?([\w:-]+)/g).filter(name => !scripts.has(name));

const help = (...command: string[]) =>
  execFileSync(process.execPath, ['dist/cli.js', ...command, '--help'], { cwd: root, encoding: 'utf8' });
const commands = new Set(found(help().split('Commands:\n')[1] ?? '', /^ {2}([\w-]+)/gm));
/** Commands of the program on lines of code blocks and in backticks. */
function unknownCommands(page: string): string[] {
  const blocks = found(page, /^ *```([\s\S]*?)^ *```/gm).join('\n');
  const program =
    '(?:npx -y amplify-backend-mcp@[\\d.]+|amplify-backend-mcp|node dist/cli\\.js) ([a-z][\\w-]*)';
  return [
    ...found(blocks, new RegExp(`^ *${program}`, 'gm')),
    ...found(prose(page), new RegExp(`\`${program}`, 'g')),
  ].filter(name => !commands.has(name));
}

/** Paths in backticks that begin like the repository's own and are not there. */
function unknownPaths(page: string): string[] {
  const own = /^(?:\.ci|\.github|bench|deploy|docs|integrations|mcpb|scripts|src|test|tool-descriptions)\//;
  return found(page, /`([\w.-]+\/[\w./-]*)`/g)
    .filter(path => own.test(path) && !isExample(path))
    .filter(path => !files.includes(path) && !folders.has(path.replace(/\/$/, '')));
}

/** Names that a walk-through makes up. */
const isExample = (path: string) => /count[-_]environments/.test(path);

/** Names in backticks that look like tools or error codes, and are neither. */
function unknownNames(page: string): string[] {
  const known = new Set([
    ...[...declaredTools, ...operations].map(({ toolName }) => toolName),
    ...Object.keys(errorRegistry),
    // An outcome in the audit.
    'not_sent',
    ...Object.keys(refusalReasons),
    // A claim of Cognito's tokens.
    'token_use',
  ]);
  const verbs = [...known].map(name => name.split('_')[0]).join('|');
  const name = new RegExp(`^(?:${verbs})_[a-z_]+$`);
  return found(page, /`([a-z]+_[a-z_]+)`/g)
    .filter(text => name.test(text) && !known.has(text))
    .filter(text => !isExample(text));
}

/** Variables of this server that are no setting. */
function unknownVariables(page: string): string[] {
  const known = new Set([...settingsTable.map(({ variable }) => variable), 'AMPLIFY_BACKEND_MCP_CONFIG']);
  return found(page, /\b(AMPLIFY_BACKEND_MCP_[A-Z_]+)\b/g).filter(name => !known.has(name));
}

describe.each(pages)('%s', path => {
  const page = read(path);

  // Each version of the changelog has the same headings.
  if (path !== 'CHANGELOG.md')
    it('has each heading once', () => {
      const anchors = anchorsIn(page);
      expect(anchors.filter((anchor, at) => anchors.indexOf(anchor) !== at)).toEqual([]);
    });

  it('links to what is there', () => expect(brokenLinks(path, page)).toEqual([]));
  it('names scripts that package.json has', () => expect(unknownScripts(page)).toEqual([]));
  it('names commands that the program has', () => expect(unknownCommands(page)).toEqual([]));
  it('names files and folders that are there', () => expect(unknownPaths(page)).toEqual([]));
  it('names tools, error codes and variables that there are', () =>
    expect([...unknownNames(page), ...unknownVariables(page)]).toEqual([]));
});

it('a document that names something missing fails the check', () => {
  const page = [
    '[a](nowhere.md) [b](../README.md#nothing) [c](#none) [d](testing.md) [e](../src)',
    '```sh\namplify-backend-mcp swim\namplify-backend-mcp demo\n```',
    'Run `npm run nothing`, then `amplify-backend-mcp fly`, in `src/nowhere/x.ts`, `docs/testing.md` or `src/lib/`.',
    '`clone_everything` and `clone_environment` fail with `policy_broken`. Set AMPLIFY_BACKEND_MCP_NOTHING.',
  ].join('\n');
  expect(brokenLinks('docs/x.md', `${page}\n`)).toEqual(['nowhere.md', '../README.md#nothing', '#none']);
  expect(unknownScripts(page)).toEqual(['nothing']);
  expect(unknownCommands(page)).toEqual(['swim', 'fly']);
  expect(unknownPaths(page)).toEqual(['src/nowhere/x.ts']);
  expect(unknownNames(page)).toEqual(['clone_everything', 'policy_broken']);
  expect(unknownVariables(page)).toEqual(['AMPLIFY_BACKEND_MCP_NOTHING']);
});

it('the documents that a newcomer needs exist', () => {
  const expected = ['README', 'CONTRIBUTING', 'SECURITY', 'CHANGELOG', 'AGENTS', 'docs/README'];
  for (const name of expected) expect(pages).toContain(`${name}.md`);
});

it('every document of docs/ is listed in its index', () => {
  const listed = found(read('docs/README.md'), /\]\(([^)#\s]+)\)/g).map(to => join('docs', to));
  const inDocs = pages.filter(page => page.startsWith('docs/') && page !== 'docs/README.md');
  expect(inDocs.filter(page => !listed.includes(page))).toEqual([]);
});

describe('the version', () => {
  const lock = JSON.parse(read('package-lock.json'));
  const server = JSON.parse(read('server.json'));
  const [newest = ''] = found(read('CHANGELOG.md'), /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/gm);

  it('is one, in the package, its lock file, the changelog and the registry manifest', () => {
    const versions = [
      lock.version,
      lock.packages[''].version,
      newest,
      server.version,
      server.packages[0].version,
    ];
    expect(new Set([pkg.version, ...versions])).toEqual(new Set([pkg.version]));
  });

  it('has notes for its release, and no other tag has', () => {
    const notes = (tag: string) =>
      execFileSync(process.execPath, ['scripts/release-notes.mjs', tag], {
        cwd: root,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(notes(`v${pkg.version}`)).toMatch(/^### Added\n/);
    expect(notes(`v${pkg.version}`)).not.toContain('## [');
    expect(() => notes('v0.0.1')).toThrow(/tag v\d+\.\d+\.\d+ instead/);
  });
});

it('the changelog has versions from new to old, with the kinds of Keep a Changelog and a link for each', () => {
  const page = read('CHANGELOG.md');
  const versions = found(page, /^## \[([^\]]+)\]/gm);
  expect(versions[0]).toBe('Unreleased');
  expect(versions.slice(1)).toEqual(
    [...versions.slice(1)].sort((a, b) => b.localeCompare(a, 'en', { numeric: true })),
  );
  for (const version of versions) expect(page).toContain(`\n[${version}]: https://`);
  const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
  expect(found(page, /^### (.*)$/gm).filter(kind => !kinds.includes(kind))).toEqual([]);
});

it('the registry manifest describes this package', () => {
  const server = JSON.parse(read('server.json'));
  expect(server.name).toBe(pkg.mcpName);
  expect(server.description.length).toBeLessThanOrEqual(100);
  expect(server.packages[0].identifier).toBe(pkg.name);
  const known = settingsTable.map(({ variable }) => variable);
  for (const { name } of server.packages[0].environmentVariables) expect(known).toContain(name);
  expect(pkg.repository.url).toBe(`git+${server.repository.url}.git`);
});

it('the glossary names types and functions that the code exports', () => {
  const sources = files.filter(file => /^src\/.*\.ts$/.test(file)).map(read);
  const exported = new Set(
    sources.flatMap(source =>
      found(source, /^export (?:async |abstract )?(?:const|function|interface|type|class) (\w+)/gm),
    ),
  );
  const rows = found(read('docs/glossary.md'), /^\| \*\*.*\| (.*?) ?\|$/gm);
  const named = rows.flatMap(cell => found(cell, /`(\w+)`/g));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(name => !exported.has(name))).toEqual([]);
});
