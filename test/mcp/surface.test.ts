/**
 * Every toolset, surface and policy: what is listed, what can be called, and that no text names a tool that
 * cannot be reached.
 */
import { describe, expect, it } from 'vitest';
import { parseConfig, type SettingSources } from '../../src/cli/config.ts';
import { ServerError } from '../../src/errors.ts';
import { buildCatalog, buildWorkflowCatalog } from '../../src/mcp/catalog.ts';
import { instructionsFor } from '../../src/mcp/instructions.ts';
import { namesIn, withoutMissing } from '../../src/mcp/mentions.ts';
import { toFailure } from '../../src/mcp/results.ts';
import { createSurface } from '../../src/mcp/surface.ts';
import { operations, toolsets } from '../../src/operations/index.ts';
import { decide } from '../../src/policy/decide.ts';
import { declaredTools } from '../../src/tools/index.ts';
import { describeTool } from '../support/descriptions.ts';

const catalog = [
  ...buildWorkflowCatalog(declaredTools, describeTool),
  ...buildCatalog(operations, describeTool),
];
const names = new Set(catalog.map(({ tool }) => tool.name));
const groups = ['workflows', ...Object.keys(toolsets)];

const surfaces = ['full', 'compact'] as const;
const configurations: NonNullable<SettingSources['file']>[] = [
  {},
  { readOnly: true },
  { confirm: 'writes' },
  ...groups.map(name => ({ toolsets: [name] })),
  ...groups.map(name => ({ toolsets: [name], readOnly: true })),
  // Each pair of toolsets, so that none depends on a third.
  ...groups.flatMap((one, index) => groups.slice(index + 1).map(other => ({ toolsets: [one, other] }))),
];
const cases = surfaces.flatMap(surface => configurations.map(file => ({ ...(file as object), surface })));

describe.each(cases)('%j', file => {
  const config = parseConfig({ file });
  const surface = createSurface(catalog, config, []);
  const reachable = new Set([...surface.tools, ...surface.callable].map(({ name }) => name));

  it('serves no tool that names an unreachable one', () => {
    const unreachable = new Set([...names].filter(name => !reachable.has(name)));
    for (const tool of surface.tools) {
      // A text for both surfaces may name the guides.
      expect(namesIn(JSON.stringify(tool), unreachable), tool.name).toEqual([]);
      expect(tool.description, tool.name).toMatch(/\w+ \w+/);
    }
    expect(namesIn(instructionsFor(surface, config.surface === 'compact'), unreachable)).toEqual([]);
  });

  it('accepts exactly the listed tools by name', () => {
    const listed = surface.tools.map(({ name }) => name);
    const called = [...names].filter(name => {
      const subject = catalog.find(({ tool }) => tool.name === name)?.subject;
      return subject && decide(subject, config, { args: {}, environments: [] }).kind !== 'deny';
    });
    expect(called).toEqual(listed);
  });

  it('runs through run_operation what is callable but not listed', () => {
    const listed = new Set(surface.tools.map(({ name }) => name));
    expect(listed.has('run_operation')).toBe(config.surface === 'compact');
    const unlisted = [...reachable].filter(name => !listed.has(name));
    if (config.surface === 'full') expect(unlisted).toEqual([]);
    for (const name of unlisted) {
      const args = { appId: 'd1abc' };
      const call = { tool: name, arguments: args };
      expect(surface.resolve('run_operation', call)).toEqual({ name, args, via: 'run_operation' });
      expect(() => surface.resolve(name, args)).toThrow('by its own name');
    }
  });
});

describe('the compact surface', () => {
  const surface = createSurface(catalog, parseConfig({ file: { surface: 'compact' } }), ['one', 'two']);
  const codeOf = (run: () => unknown) => {
    try {
      run();
    } catch (thrown) {
      return thrown instanceof ServerError ? thrown.code : thrown;
    }
    return undefined;
  };

  it('lists the workflows and the two guides', () => {
    const workflowNames = declaredTools.map(({ toolName }) => toolName);
    expect(surface.tools.map(({ name }) => name)).toEqual(workflowNames);
  });

  it("takes the target inside the tool's arguments", () => {
    const run = surface.tools.find(({ name }) => name === 'run_operation');
    expect(Object.keys(run?.inputSchema.properties ?? {})).toEqual(['tool', 'arguments']);
  });

  it.each([
    [{}],
    [{ tool: 7 }],
    [{ tool: 'nothing' }],
    [{ tool: 'run_operation' }],
    [{ tool: 'get_backend', arguments: [] }],
    [{ tool: 'get_backend', arguments: 'appId' }],
    [{ tool: 'get_backend', args: {} }],
  ])('refuses to run %j, and says which arguments it takes', args => {
    expect(codeOf(() => surface.resolve('run_operation', args))).toBe('invalid_arguments');
  });

  it.each([
    [{ operation: 'get_backend' }, '"operation" (write tool)'],
    [{ tool: 'get_backend', args: {} }, '"args" (write arguments)'],
    [
      { tool: 'create_backend', arguments: {}, dryRun: true, app_id: 'd1' },
      '"dryRun" (belongs inside arguments), "app_id" (belongs inside arguments)',
    ],
    [{ tool: 'get_backend', arguments: [] }, 'arguments is no object'],
  ])('says of %j where each member belongs', (args, words) => {
    expect(() => surface.resolve('run_operation', args)).toThrow(words);
  });

  it('accepts absent arguments', () => {
    const called = surface.resolve('run_operation', { tool: 'whoami' });
    expect(called).toEqual({ name: 'whoami', args: {}, via: 'run_operation' });
  });

  it('says in a result how to call the tools that it names', () => {
    const failure = toFailure(new ServerError('outcome_unknown'));
    const [block] = surface.addToolHints(failure).content;
    expect(block).toMatchObject({
      text: expect.stringMatching(/\nCall through run_operation: .*get_backend/),
    });
  });
});

it('says in a result which of the named tools are not served', () => {
  const surface = createSurface(catalog, parseConfig({ file: { toolsets: ['auth'] } }), []);
  const result = { content: [{ type: 'text' as const, text: 'Wait with wait_for_job; get_backend_auth.' }] };
  expect(surface.addToolHints(result).content).toEqual([
    { type: 'text', text: `${result.content[0]?.text}\nNot served by this configuration: wait_for_job.` },
  ]);
  const all = createSurface(catalog, parseConfig({}), []);
  expect(all.addToolHints(result)).toBe(result);
});

it('refuses run_operation if every tool is served by its own name, and says how to call the tool', () => {
  const surface = createSurface(catalog, parseConfig({}), []);
  const run = (args: object) => () => surface.resolve('run_operation', { ...args });
  expect(run({ tool: 'whoami' })).toThrow(
    expect.objectContaining({ hint: 'Call whoami by its own name, with the same arguments.' }),
  );
  for (const args of [{}, { tool: 'nothing' }, { operation: 'whoami' }])
    expect(run(args)).toThrow(
      expect.objectContaining({ hint: 'Call the tool by its own name. find_operation finds it.' }),
    );
});

it.each([
  ['All is well. Look with get_backend; then wait.', 'All is well. then wait.'],
  ['Look with get_backend.', ''],
  ['get_backend_api is another tool.', 'get_backend_api is another tool.'],
])('removes the sentences that name a missing tool from "%s"', (text, left) => {
  expect(withoutMissing(text, new Set(['get_backend']))).toBe(left);
});
