/** What clients that show pages are served: linked and listed only for them, and loaded by the first of them. */
import { describe, expect, it } from 'vitest';
import { parseConfig, type SettingSources } from '../../src/cli/config.ts';
import { createServedTools } from '../../src/server/served-tools.ts';

const serve = (file: SettingSources['file'], targets: readonly string[] = []) =>
  createServedTools()(parseConfig({ file }), targets);

/** The names of the tools of the pages. */
async function pageTools(file: SettingSources['file'], targets?: readonly string[]) {
  const { surface, toolsWithPages } = serve(file, targets);
  const ofModel = new Set(surface.tools.map(({ name }) => name));
  return (await toolsWithPages.get()).filter(({ name }) => !ofModel.has(name));
}

it('is not loaded before it is asked for', async () => {
  const { surface, toolsWithPages } = serve({});
  expect(JSON.stringify(surface.tools)).not.toContain('_meta');
  expect(toolsWithPages.pending).toBeUndefined();
  expect((await toolsWithPages.get()).length).toBe(surface.tools.length + 3);
});

describe('the tools of the pages', () => {
  it.each<[SettingSources['file'], string[]]>([
    [{}, ['read_board', 'read_approval', 'approve_plan']],
    [{ confirmBy: 'person' }, ['read_board', 'read_approval', 'approve_plan']],
    [{ confirmBy: 'form' }, ['read_board']],
    [{ confirmBy: 'token' }, ['read_board']],
    [{ confirm: 'never' }, ['read_board']],
    [{ readOnly: true }, ['read_board']],
    [{ surface: 'compact' }, ['read_board', 'read_approval', 'approve_plan']],
    [{ toolsets: ['environments'] }, ['read_approval', 'approve_plan']],
    [{ toolsets: ['jobs'] }, []],
  ])('under %j are %j', async (file, names) => {
    const tools = await pageTools(file);
    expect(tools.map(({ name }) => name)).toEqual(names);
    for (const { _meta, outputSchema } of tools) {
      expect(_meta).toEqual({ ui: { visibility: ['app'] } });
      expect(outputSchema).toBeUndefined();
    }
  });

  it('take a target where there are several, and may lack it', async () => {
    const boardOf = async (targets: readonly string[]) =>
      (await pageTools({}, targets)).find(({ name }) => name === 'read_board')?.inputSchema;
    expect(await boardOf(['one', 'two'])).toMatchObject({ properties: { target: { enum: ['one', 'two'] } } });
    expect((await boardOf(['one', 'two']))?.required ?? []).toEqual([]);
    expect((await boardOf(['one']))?.properties).not.toHaveProperty('target');
  });
});

it.each<SettingSources['file']>([
  {},
  { confirm: 'writes' },
  { surface: 'compact' },
  { confirm: 'writes', surface: 'compact' },
])('each tool that can ask for a confirmation has a page under %j', async file => {
  const tools = await serve(file).toolsWithPages.get();
  for (const { name, inputSchema, _meta } of tools)
    if (Object.hasOwn(inputSchema.properties ?? {}, 'confirmationToken') || name === 'run_operation')
      expect([name, _meta]).toEqual([
        name,
        expect.objectContaining({ ui: { resourceUri: expect.stringMatching(/^ui:\/\/amplify-backend\//) } }),
      ]);
});
