/** Declared tools: their arguments are checked once, and their answers are held against their output schemas. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServerError } from '../../src/errors.ts';
import { defineTool, type ToolContext } from '../../src/tools/define.ts';
import { workflows } from '../../src/tools/index.ts';
import { loadTool, workflowLoads } from '../../src/tools/load.ts';
import { checkAnswer } from '../support/answers.ts';

const tool = defineTool({
  toolName: 'count',
  title: 'Count',
  access: 'read',
  input: z.strictObject({ app: z.string(), limit: z.number().optional() }),
  output: z.strictObject({ count: z.number(), target: z.string().optional() }),
  run: async ({ app, limit = 5, target }) => ({
    answer: { count: Math.min(app.length, limit), ...(target !== undefined && { target }) },
    notes: [],
  }),
});

/** The tool uses nothing of it. */
const context = {} as ToolContext;

describe('tools', () => {
  it('are loaded by their own names', async () => {
    expect(workflows.map(({ toolName }) => toolName)).toEqual(Object.keys(workflowLoads));
    expect((await loadTool('read_board'))?.toolName).toBe('read_board');
    for (const none of ['get_backend', 'run_operation', 'approve_plan', 'constructor'])
      expect(await loadTool(none)).toBeUndefined();
  });
});

describe('arguments', () => {
  it('are parsed by the schema, with a target if there are several', async () => {
    expect(await tool.check({ app: 'shop' }, []).run(context)).toMatchObject({ answer: { count: 4 } });
    const checked = tool.check({ app: 'shop', limit: 2, target: 'b' }, ['a', 'b']);
    expect(checked.args).toEqual({ app: 'shop', limit: 2, target: 'b' });
    expect(await checked.run(context)).toMatchObject({ answer: { count: 2, target: 'b' } });
  });

  it.each([
    [{}, [], 'app'],
    [{ app: 1 }, [], 'app'],
    [{ app: 'shop', more: 1 }, [], 'more'],
    [{ app: 'shop' }, ['a', 'b'], 'target'],
    [{ app: 'shop', target: 'c' }, ['a', 'b'], 'target'],
    [{ app: 'shop', target: 'a' }, [], 'target'],
  ])('%j with the targets %j are refused', (args, targets, member) => {
    expect(() => tool.check(args, targets)).toThrow(member);
  });
});

/** All schemas of structures inside a schema, itself among them. */
function structuresIn(schema: unknown): z.ZodObject[] {
  if (schema instanceof z.ZodObject)
    return [schema, ...Object.values(schema.shape).flatMap(inner => structuresIn(inner))];
  if (schema instanceof z.ZodOptional) return structuresIn(schema.unwrap());
  if (schema instanceof z.ZodArray) return structuresIn(schema.element);
  return [];
}

describe('answers', () => {
  it.each(workflows.map(one => [one.toolName, one.output] as const))('of %s are strict', (_, output) => {
    for (const structure of structuresIn(output))
      expect(structure.safeParse({ undeclared: 1 }).error?.issues).toContainEqual(
        expect.objectContaining({ code: 'unrecognized_keys', keys: ['undeclared'] }),
      );
  });

  const job = { appId: 'd1', backendEnvironmentName: 'qa', jobId: 'j', operation: 'CloneBackend' };
  const report = { asOf: 'now', nextStep: 'Wait.', ttlMs: 1, job: { ...job, status: 'X', uri: 'u' } };

  it.each([
    ['an undeclared member', 'list_apps', { apps: [], more: 1 }, 'more'],
    ['a missing member', 'list_apps', {}, 'apps'],
    [
      'an undeclared member of a member',
      'list_apps',
      { apps: [{ appId: 'd1', name: 'a', uri: 'u', x: 1 }] },
      'x',
    ],
    ['a wrong value', 'wait_for_job', { ...report, job: { ...report.job, state: 'lost' } }, 'state'],
    ['an undeclared member of an operation', 'get_token', { appId: 'd1', x: 1 }, 'x'],
  ])('with %s fail a test', (_, name, structuredContent, member) => {
    expect(() => checkAnswer(name, {}, { structuredContent })).toThrow(member);
    expect(() => checkAnswer('run_operation', { tool: name }, { structuredContent })).toThrow(member);
  });

  it('may be failures', () => {
    const failed = {
      isError: true,
      structuredContent: { summary: 'No.', error: new ServerError('not_found').facts() },
    };
    expect(() => checkAnswer('list_apps', {}, failed)).not.toThrow();
    expect(() => checkAnswer('list_apps', {}, { ...failed, isError: false })).toThrow('error');
  });
});
