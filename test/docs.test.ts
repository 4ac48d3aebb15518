/**
 * The documentation against the code: its tables are generated (`npm run docs` renews them), and the blocks that
 * people paste into their hosts start a server that answers. Links, commands and paths: test/repository.test.ts.
 */
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Tool } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { totalPrice } from '../bench/price.mjs';
import pkg from '../package.json' with { type: 'json' };
import { hosts as runHosts } from '../scripts/hosts/hosts.mjs';
import { hostsTable, readObserved } from '../scripts/hosts/page.mjs';
import { thisRelease } from '../scripts/integrations/manifests.mjs';
import { pages } from '../scripts/integrations/pages.mjs';
import { describeRooms, readSources } from '../scripts/rooms/scan.mjs';
import { parseConfig } from '../src/cli/config.ts';
import { type Host, hosts } from '../src/cli/install/hosts.ts';
import { errorRegistry } from '../src/errors.ts';
import { refusalReasons } from '../src/http/token-refusal.ts';
import {
  APP_URI_TEMPLATE,
  ENVIRONMENT_URI_TEMPLATE,
  JOB_URI_TEMPLATE,
  SNAPSHOT_URI_TEMPLATE,
} from '../src/jobs/job.ts';
import { bounds } from '../src/operations/bounds.ts';
import { type Access, operations } from '../src/operations/index.ts';
import { gatewayAnswerNames } from '../src/sandbox/gateway-answers.ts';
import { faultKinds } from '../src/sandbox/index.ts';
import { settingValues } from '../src/sandbox/settings.ts';
import { settingsTable } from '../src/server/settings.ts';
import { type DeclaredTool, declaredTools, workflows } from '../src/tools/index.ts';
import { runInMemory, runWithServer } from './support/command.ts';

const bin = new URL('../dist/cli.js', import.meta.url).pathname;
const read = (page: string) => readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
const readme = read('README.md');
const example = JSON.parse(read('mcp.json.example'));

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');

const asRow = ({ toolName, title, access, guide }: DeclaredTool) => [
  `\`${toolName}\``,
  title,
  guide === 'runs' ? 'as that tool' : effects[access],
  '',
];

const effects: Record<Access, string> = {
  read: 'reads',
  create: 'creates',
  update: 'changes',
  delete: '**deletes**',
  secret: 'handles a secret',
};

/** The lines under `Commands:` of the command's own help. */
async function commands(): Promise<string> {
  const help = (await runInMemory(['--help'])).stdout;
  // Help wraps at the width of a terminal: a continued line starts far to the right.
  const [, list = ''] = help.replace(/\n {20,}/g, ' ').split('Commands:\n');
  const rows = list
    .split('\n')
    .map(line => line.trim().split(/ {2,}/))
    .filter(([, what]) => what)
    .map(([usage = '', what = '']) => [`\`${usage.replace(' [options]', '')}\``, what]);
  return table(['command', 'what it does'], rows);
}

const settings = () =>
  table(
    ['flag', 'variable', 'key', 'meaning'],
    settingsTable.map(({ flag, variable, key, description }) => [
      `\`${flag}\``,
      `\`${variable}\``,
      `\`${key}\``,
      description,
    ]),
  );

const tools = () =>
  table(
    ['tool', 'what it is for', 'effect', 'AWS operation'],
    [
      ...declaredTools.map(asRow),
      ...operations.map(operation => [
        `\`${operation.toolName}\``,
        operation.title,
        effects[operation.access] + (operation.startsJob ? ', starts a job' : ''),
        `\`${operation.name}\``,
      ]),
    ],
  );

/** That the built command prints the same lists is held in test/cli/commands.test.ts and test/golden.test.ts. */
async function surfaces(): Promise<string> {
  const rows: string[][] = [];
  for (const surface of ['full', 'compact']) {
    const { stdout } = await runWithServer(['tools', '--json', '--surface', surface]);
    const { tools: listed } = JSON.parse(stdout) as { tools: Tool[] };
    rows.push([`\`${surface}\``, String(listed.length), String(totalPrice(listed))]);
  }
  return table(['surface', 'tools', 'tokens (o200k)'], rows);
}

const iam = async () => `\`\`\`json\n${(await runInMemory(['iam-policy'])).stdout.trim()}\n\`\`\``;

const errors = () =>
  table(
    ['code', 'what happened', 'send again?'],
    Object.entries(errorRegistry).map(([code, { message, retryable }]) => [
      `\`${code}\``,
      message,
      retryable ? 'yes, later' : 'no',
    ]),
  );

const refusals = () =>
  table(
    ['`reason`', 'what it means'],
    Object.entries(refusalReasons).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
  );

const behaviours = () =>
  table(
    ['setting', 'values, the default first'],
    Object.entries(settingValues).map(([name, values]) => [
      `\`${name}\``,
      values.map(value => `\`${value}\``).join(', '),
    ]),
  );

const faults = () => {
  const listed = (names: readonly string[]) => `${names.map(name => `\`${name}\``).join(', ')}.`;
  return `Kinds of faults: ${listed(faultKinds)}\n\nAnswers of API Gateway and Express: ${listed(gatewayAnswerNames)}`;
};

const rooms = () =>
  table(
    ['room', 'purpose', 'imports'],
    describeRooms(readSources()).map(({ name, purpose, arrows }) => [
      `\`${name}\``,
      purpose,
      arrows.map(({ room }) => `\`${room}\``).join(', ') || 'nothing',
    ]),
  );

/** The files of a host of a user, which may differ between systems. */
const userFiles = ({ user }: Host) =>
  ('darwin' in user ? [...new Set(Object.values(user).flat())] : [...user])
    .map(file => `\`${file.replace(/\{(?:home|claude|gemini)\}/, '~')}\``)
    .join(', ');

const hostTable = () =>
  table(
    ['host', 'file of the user', 'of a project', 'member'],
    Object.entries<Host>(hosts).map(([name, host]) => [
      `\`${name}\``,
      userFiles(host),
      host.project?.map(file => `\`${file}\``).join(', ') ?? 'none',
      `\`${host.member}\``,
    ]),
  );

/** How to install and start the program, on these pages. */
const releaseParts = Object.fromEntries(
  Object.entries(pages(thisRelease)).map(([page, parts]) => [
    page,
    Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, () => text])),
  ]),
);
/** What real clients did, as `npm run hosts` last observed it. */
const observed = await readObserved();

/** The generated parts, by page and by name. */
const generated: Record<string, Record<string, () => string | Promise<string>>> = {
  ...releaseParts,
  'docs/installing.md': { ...releaseParts['docs/installing.md'], hosts: hostTable },
  'docs/architecture.md': { rooms },
  'docs/hosts.md': { hosts: () => hostsTable(observed) },
  'docs/identity-providers.md': { refusals },
  'docs/reference/settings.md': { commands, settings },
  'docs/reference/tools.md': { tools, surfaces },
  'docs/reference/errors.md': { errors },
  'docs/reference/iam.md': { iam },
  'docs/reference/sandbox.md': { faults, behaviours },
};

it.each(Object.entries(generated))('%s has the tables that the code gives', async (page, parts) => {
  const seen: string[] = [];
  const made: Record<string, string> = {};
  for (const [name, make] of Object.entries(parts)) made[name] = await make();
  const renewed = read(page).replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, end: string) => {
      seen.push(name);
      return `${open}\n${made[name]}\n\n${end}`;
    },
  );
  expect(seen.sort()).toEqual(Object.keys(parts).sort());
  await expect(renewed).toMatchFileSnapshot(`../${page}`);
});

it('every client was run over each of its transports in the version that is pinned (`npm run hosts`)', () => {
  const wanted = runHosts.flatMap(({ package: name, version, transports }) =>
    transports.map(transport => ({ package: name, version, transport })),
  );
  expect(
    observed.map(({ package: name, version, transport }) => ({ package: name, version, transport })),
  ).toEqual(wanted);
});

it('each step of a call is a function in the named file', () => {
  const rows = [
    ...read('docs/architecture.md').matchAll(/^\| (\d+) \| [^|]+ \| `(\w+)` \| `(src\/[\w/.-]+)` \|/gm),
  ];
  // More steps than this nobody follows.
  expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
  for (const [, , name, file] of rows)
    expect(read(String(file))).toMatch(
      new RegExp(`(?:function|const) ${name}\\b|^ {2}(?:async )?${name}\\(`, 'm'),
    );
});

it('the table of packages is complete', () => {
  const made = read('docs/reference/packages.md');
  for (const name of Object.keys(pkg.devDependencies))
    expect(made).toContain(name.replace(/^.*\//, '').replace(/^client-/, ''));
});

it('the page of tools has the input bounds and every resource template', () => {
  const page = read('docs/reference/tools.md');
  for (const most of Object.values(bounds)) expect(page).toContain(` ${most.toLocaleString('en-US')}`);
  for (const template of [
    APP_URI_TEMPLATE,
    ENVIRONMENT_URI_TEMPLATE,
    JOB_URI_TEMPLATE,
    SNAPSHOT_URI_TEMPLATE,
  ])
    expect(page).toContain(`\`${template}\``);
});

it.each(['README.md', 'docs/reference/settings.md', 'docs/identity-providers.md', 'deploy/README.md'])(
  '%s shows valid settings',
  page => {
    const blocks = [...read(page).matchAll(/```yaml[ \w]*\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const { callers, targets } = parseConfig({ file: parse(block) });
      expect(Object.keys(targets).length).toBeGreaterThan(0);
      for (const { target } of Object.values(callers)) expect(targets).toHaveProperty(target);
    }
  },
);

describe('README', () => {
  it('shows what the demo prints', async () => {
    const [, shown = ''] = /```\n(> clone dev to qa\n[\s\S]*?)```/.exec(readme) ?? [];
    // Ids and times differ from run to run.
    const stable = (text: string) =>
      text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replace(/^ +[\d.]+ s/gm, 'TIME');
    const demo = stable((await runWithServer(['demo', '--job-ms', '2500'])).stdout);
    const lines = stable(shown)
      .split('\n')
      .filter(line => line.trim() !== '' && line.trim() !== '...');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(demo).toContain(line);
  });

  const blocks = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json));

  it('has the blocks for hosts of mcp.json.example', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(example).toMatchObject(block);
  });
});

describe('mcp.json.example', () => {
  const entries = [...Object.entries(example.mcpServers), ...Object.entries(example.servers)];

  async function listBy(flags: readonly string[]) {
    const client = new Client({ name: 'docs', version: '1' });
    const args = [bin, ...flags];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
    return client.listTools().finally(() => client.close());
  }
  /** What servers list, by their flags: blocks for different hosts may start the same one. */
  const lists = new Map<string, ReturnType<typeof listBy>>();

  it.each(entries)('has a block %s that starts a server', async (_, block) => {
    const { args } = block as { args: string[] };
    const flags = args.slice(args.findIndex(arg => arg.includes(pkg.name)) + 1);
    const list = lists.get(flags.join(' ')) ?? listBy(flags);
    lists.set(flags.join(' '), list);
    expect((await list).tools.length).toBe(workflows.length + operations.length);
  });
});
