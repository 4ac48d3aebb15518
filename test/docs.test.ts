/**
 * The documentation against the code: the README's tables are generated from it (`npm run docs` renews
 * them), and the blocks that people paste into their hosts start a server that answers.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import pkg from '../package.json' with { type: 'json' };
import { parseConfig } from '../src/cli/config.ts';
import { errorRegistry } from '../src/errors.ts';
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

const bin = new URL('../dist/cli.js', import.meta.url).pathname;
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const example = JSON.parse(readFileSync(new URL('../mcp.json.example', import.meta.url), 'utf8'));

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

/** The lines under `Commands:` of the bin's own help. */
function commands(): string {
  const help = execFileSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
  // Help wraps at the width of a terminal: a continued line starts far to the right.
  const [, list = ''] = help.replace(/\n {20,}/g, ' ').split('Commands:\n');
  const rows = list
    .split('\n')
    .map(line => line.trim().split(/ {2,}/))
    .filter(([, what]) => what)
    .map(([usage = '', what = '']) => [`\`${usage.replace(' [options]', '')}\``, what]);
  return table(['command', 'what it does'], rows);
}

const generated: Record<string, () => string> = {
  commands,
  settings: () =>
    table(
      ['flag', 'variable', 'key', 'meaning'],
      settingsTable.map(({ flag, variable, key, description }) => [
        `\`${flag}\``,
        `\`${variable}\``,
        `\`${key}\``,
        description,
      ]),
    ),
  tools: () =>
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
    ),
  surfaces: () =>
    table(
      ['surface', 'tools', 'tokens (o200k)'],
      ['full', 'compact'].map(surface => {
        const listed = execFileSync(process.execPath, [bin, 'tools', '--json', '--surface', surface], {
          env: { PATH: process.env.PATH },
          encoding: 'utf8',
        });
        const { tools } = JSON.parse(listed) as { tools: unknown[] };
        return [`\`${surface}\``, String(tools.length), String(countTokens(JSON.stringify({ tools })))];
      }),
    ),
  errors: () =>
    table(
      ['code', 'what happened', 'send again?'],
      Object.entries(errorRegistry).map(([code, { message, retryable }]) => [
        `\`${code}\``,
        message,
        retryable ? 'yes, later' : 'no',
      ]),
    ),
  behaviours: () =>
    table(
      ['setting', 'values, the default first'],
      Object.entries(settingValues).map(([name, values]) => [
        `\`${name}\``,
        values.map(value => `\`${value}\``).join(', '),
      ]),
    ),
  faults: () => {
    const listed = (names: readonly string[]) => `${names.map(name => `\`${name}\``).join(', ')}.`;
    return `Kinds of faults: ${listed(faultKinds)}\n\nAnswers of API Gateway and Express: ${listed(gatewayAnswerNames)}`;
  },
};

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsIn = (page: string) =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

it.each(['README.md', 'SECURITY.md', 'deploy/README.md'])('%s links to what is there', page => {
  const base = new URL(`../${page}`, import.meta.url);
  const links = [...readFileSync(base, 'utf8').matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(
    ([, to = '']) => to,
  );
  const broken = links.filter(to => {
    const url = new URL(to, base);
    if (!existsSync(url)) return true;
    return url.hash !== '' && !anchorsIn(readFileSync(url, 'utf8')).includes(url.hash.slice(1));
  });
  expect(broken).toEqual([]);
});

describe('README', () => {
  it('has tables that say what the code says', async () => {
    const seen: string[] = [];
    const renewed = readme.replace(
      /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
      (_, open: string, name: string, end: string) => {
        seen.push(name);
        return `${open}\n${generated[name]?.()}\n\n${end}`;
      },
    );
    expect(seen.sort()).toEqual(Object.keys(generated).sort());
    await expect(renewed).toMatchFileSnapshot('../README.md');
  });

  it('shows what the demo prints', () => {
    const [, shown = ''] = /```\n(> clone dev to qa\n[\s\S]*?)```/.exec(readme) ?? [];
    // Ids and times differ from run to run.
    const stable = (text: string) =>
      text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replace(/^ +[\d.]+ s/gm, 'TIME');
    const printed = execFileSync(process.execPath, [bin, 'demo', '--job-ms', '2500'], { encoding: 'utf8' });
    const lines = stable(shown)
      .split('\n')
      .filter(line => line.trim() !== '' && line.trim() !== '...');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(stable(printed)).toContain(line);
  });

  it('names every package that it is made of', () => {
    const [, made = ''] = readme.split('## What it is made of');
    for (const name of Object.keys(pkg.devDependencies))
      expect(made).toContain(name.replace(/^.*\//, '').replace(/^client-/, ''));
  });

  it('says how much a tool takes', () => {
    for (const most of Object.values(bounds)) expect(readme).toContain(` ${most.toLocaleString('en-US')}`);
  });

  it('names every resource template', () => {
    for (const template of [
      APP_URI_TEMPLATE,
      ENVIRONMENT_URI_TEMPLATE,
      JOB_URI_TEMPLATE,
      SNAPSHOT_URI_TEMPLATE,
    ])
      expect(readme).toContain(`\`${template}\``);
  });

  it('shows settings that a start would take', () => {
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(parseConfig({ file: parse(block) }).targets).toHaveProperty('partner');
    const [, hosted = ''] = /```yaml hosted\n([\s\S]*?)```/.exec(readme) ?? [];
    const { callers, targets } = parseConfig({ file: parse(hosted) });
    for (const { target } of Object.values(callers)) expect(targets).toHaveProperty(target);
  });

  const blocks = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json));

  it('has blocks for hosts that mcp.json.example holds', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(example).toMatchObject(block);
  });
});

describe('mcp.json.example', () => {
  const entries = [...Object.entries(example.mcpServers), ...Object.entries(example.servers)];

  it.each(entries)('has a block %s that starts a server', async (_, block) => {
    const { command, args } = block as { command: string; args: string[] };
    expect([command, ...args.slice(0, 2)]).toEqual(['npx', '-y', 'amplify-backend-mcp']);
    const client = new Client({ name: 'docs', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [bin, ...args.slice(2)],
        stderr: 'ignore',
      }),
    );
    const { tools } = await client.listTools();
    expect(tools.length).toBe(workflows.length + operations.length);
    await client.close();
  });
});
