/** `find_operation` through real servers: what a match carries, that no tool does it, and what is not served. */
import { describe, expect, it } from 'vitest';
import { buildCatalog, buildWorkflowCatalog } from '../../src/mcp/catalog.ts';
import { operations } from '../../src/operations/index.ts';
import { declaredTools } from '../../src/tools/index.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { describeTool } from '../support/descriptions.ts';
import { setScene } from '../support/scene.ts';
import { expectWholeText } from '../support/whole-text.ts';
import { names } from './found.ts';

const catalog = [
  ...buildWorkflowCatalog(declaredTools, describeTool),
  ...buildCatalog(operations, describeTool),
];

interface Match {
  readonly tool: string;
  readonly title: string;
  readonly why: string;
  readonly inputSchema: unknown;
}

describe.each(generations)('find_operation: $name', ({ connect }) => {
  const scene = setScene(connect);
  const ask = async (query: string, limit?: number) => {
    const args = { query, ...(limit !== undefined && { limit }) };
    return (await scene.client.callTool('find_operation', args)).structuredContent;
  };

  it('answers what can be called as it stands, and why', async () => {
    const listed = new Map((await scene.client.listTools()).map(tool => [tool.name, tool]));
    const { matches, notes } = (await ask('users should be able to sign up')) as {
      matches: Match[];
      notes: string[];
    };
    expect(matches).toHaveLength(5);
    expect(matches[0]).toMatchObject({
      tool: 'create_backend_auth',
      why: expect.stringMatching(
        /^For requests like ".+"\. Existing pool: import_backend_auth\. Shown by get_backend_auth\.$/,
      ),
    });
    for (const [at, { tool, title, inputSchema }] of matches.entries())
      expect({ title, inputSchema }).toEqual({
        title: listed.get(tool)?.title,
        // The schemas of the others would cost more than the one that is used.
        inputSchema: at === 0 ? listed.get(tool)?.inputSchema : undefined,
      });
    expect(notes).toEqual([expect.stringContaining('call find_operation with its name as query')]);
    expect(await scene.sandbox.verdicts('GetBackend')).toEqual([]);
  });

  it('answers as many as are asked for', async () => {
    expect((await ask('delete the environment', 2)).matches).toHaveLength(2);
  });

  it('says that no tool does it, why, and what to do instead', async () => {
    const { content, structuredContent } = await scene.client.callTool('find_operation', {
      query: 'cancel the running clone',
    });
    const { matches, noTool, summary } = structuredContent as {
      matches: Match[];
      noTool: unknown;
      summary: string;
    };
    expect(noTool).toEqual({
      reason: 'AWS has no call that cancels or stops a job of a backend.',
      instead: expect.stringMatching(/^wait_for_job .*CloudFormation console/),
    });
    expect(summary).toMatch(/^No tool does this\. AWS has no call .*\nInstead: wait_for_job /);
    expect(matches).toHaveLength(3);
    expect(matches.map(({ tool }) => tool)).toContain('wait_for_job');
    // A schema beside "no tool does this" invites a call that does something else.
    expect(matches.filter(({ inputSchema }) => inputSchema !== undefined)).toEqual([]);
    expect(summary).not.toContain('inputSchema of wait_for_job');
    expect(JSON.stringify(content)).toMatch(/^\[\{"type":"text","text":"No tool does this\. /);
  });

  it('says what to do where nothing fits', async () => {
    expect(await ask('xyzzy')).toEqual({
      summary: expect.stringMatching(/^No tool that this configuration serves fits\./),
      matches: [],
      notes: [expect.stringContaining('Say what is to be done')],
    });
  });
});

describe.each([
  ['full', []],
  ['compact', ['--surface', 'compact']],
])('on a %s surface', (_, flags) => {
  const scene = setScene(today.connect, flags);
  const ask = (query: string) => scene.client.callTool('find_operation', { query });

  it("gives each tool's inputSchema for its name", async () => {
    const full = new Map(catalog.map(({ tool }) => [tool.name, tool]));
    for (const name of names) {
      const { matches, noTool } = (await ask(name)).structuredContent as {
        matches: Match[];
        noTool: unknown;
      };
      expect(noTool, name).toBeUndefined();
      expect(matches[0]?.tool).toBe(name);
      const inputSchema = full.get(name)?.inputSchema;
      if (inputSchema?.required?.length)
        expect(matches[0]?.inputSchema).toMatchObject({ required: inputSchema.required });
      expect(matches.slice(1).filter(({ inputSchema }) => inputSchema !== undefined)).toEqual([]);
    }
  });

  it.each([
    [
      'rename dev to staging',
      'AWS fixes the names',
      /clone_environment .*without data and users.*decommission_environment/,
    ],
    ['cancel the deployment', 'cancels or stops a job', /wait_for_job/],
    ['how much does dev cost', 'knows nothing of costs', /Cost Explorer/],
    ['push my code', 'takes no code', /amplify push/],
    ['restore the deleted records', 'no backups', /provision_environment/],
  ])('%j: says that it is impossible, and the way that there is', async (sentence, reason, way) => {
    const result = await ask(sentence);
    const { noTool } = result.structuredContent as { noTool: { reason: string; instead: string } };
    expect(noTool.reason).toContain(reason);
    expect(noTool.instead).toMatch(way);
    expectWholeText(result);
    expect(textOf(result)).toMatch(/^No tool does this\. /);
  });

  it('says the matches once in the text, and all that the structure has', async () => {
    const result = await ask('add a Comment type to the API of dev');
    expectWholeText(result);
    expect(textOf(result).match(/update_backend_api \(/g)).toHaveLength(1);
  });
});

describe('what the configuration does not serve', () => {
  const { connect } = today;
  const find = async (flags: readonly string[], query: string) => {
    const client = await connect({ AWS_REGION: 'us-east-1' }, ['--sandbox', ...flags]);
    const { structuredContent } = await client.callTool('find_operation', { query, limit: 20 });
    await client.close();
    return structuredContent.matches as Match[];
  };

  it('is not found, nor named', async () => {
    const matches = await find(['--read-only'], 'delete the login');
    expect(matches.length).toBeGreaterThan(0);
    expect(JSON.stringify(matches)).not.toContain('delete_backend');
  });

  it('is not named as a way to do what no tool does', async () => {
    const client = await connect({ AWS_REGION: 'us-east-1' }, ['--sandbox', '--read-only']);
    const { content } = await client.callTool('find_operation', { query: 'rename the environment dev' });
    await client.close();
    expect(JSON.stringify(content)).toContain('Instead: The display name of an app');
    expect(JSON.stringify(content)).not.toMatch(/clone_environment|decommission_environment/);
  });

  it('is found on a compact surface, where run_operation calls it', async () => {
    const [first] = await find(['--surface', 'compact'], 'renew the API key');
    expect(first).toMatchObject({
      tool: 'update_backend_api',
      inputSchema: { required: expect.arrayContaining(['resourceName']) },
    });
  });
});
