/**
 * Sentences as people say them, and the tools they mean: how often the right one is first, among three and among five,
 * over the sets that the words were tuned on and over one that they were not; which sentences no tool does; what a match
 * carries; and the same through real servers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildCatalog, buildWorkflowCatalog } from '../../src/mcp/catalog.ts';
import { readDescriptionFile } from '../../src/mcp/description-file.ts';
import { operations } from '../../src/operations/index.ts';
import { cutTo } from '../../src/tool-search/found.ts';
import { createFinder } from '../../src/tool-search/index.ts';
import { findNoTool, toolsIn } from '../../src/tool-search/no-tool.ts';
import { declaredTools } from '../../src/tools/index.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { describeTool, descriptionFiles, readTool } from '../support/descriptions.ts';
import { setScene } from '../support/scene.ts';
import { expectWholeText } from '../support/whole-text.ts';
import { neighbours } from './neighbours.ts';

/** A sentence, the tool that it means, and others that would do as well. */
interface Intent {
  readonly say: string;
  readonly tool: string;
  readonly also?: readonly string[];
}

/** What is reached; a change of words that loses more than it wins shows here. */
const sets = [
  { file: 'tuned.json', first: 0.92, amongThree: 0.98, amongFive: 0.99 },
  { file: 'more.json', first: 0.92, amongThree: 0.98, amongFive: 0.99 },
  // Nothing was tuned on these: what they reach is what is to be expected of anybody's sentence.
  { file: 'unseen.json', first: 0.76, amongThree: 0.94, amongFive: 0.96 },
];

const guides = ['find_operation', 'run_operation'];
const access = new Map([...declaredTools, ...operations].map(tool => [tool.toolName, tool.access]));
const titles = new Map([...declaredTools, ...operations].map(({ toolName, title }) => [toolName, title]));
const names = readdirSync(descriptionFiles)
  .map(file => file.replace(/\.md$/, ''))
  .filter(name => !guides.includes(name));
const tools = names.map(name => {
  const { body, requests } = readTool(name);
  return {
    ...{ name, title: titles.get(name) ?? name, description: body, requests },
    ...{ inputSchema: {}, access: access.get(name) ?? 'read' },
  };
});
const search = createFinder(tools);
const find = (sentence: string) => search(sentence).found;
/** What is shown of it where nothing else is asked for. */
const SHOWN = 5;
const readIntents = (file: string): readonly Intent[] =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

describe.each(sets)('the sentences of $file', ({ file, first, amongThree, amongFive }) => {
  const intents = readIntents(file);
  const ranks = intents.map(({ say, tool, also = [] }) => {
    const rank = cutTo(find(say), SHOWN).findIndex(found => [tool, ...also].includes(found.tool.name));
    return { say, rank };
  });
  const share = (most: number) => ranks.filter(({ rank }) => rank >= 0 && rank < most).length / ranks.length;
  const missed = ranks.filter(({ rank }) => rank !== 0).map(({ say }) => say);

  it('find the right tool first', () => {
    expect(share(1), `missed: ${missed.join(' | ')}`).toBeGreaterThanOrEqual(first);
  });

  it('find it among three, and among five', () => {
    expect(share(3)).toBeGreaterThanOrEqual(amongThree);
    expect(share(5)).toBeGreaterThanOrEqual(amongFive);
  });

  it('are all of them for a tool', () => {
    expect(intents.filter(({ say }) => search(say).noTool)).toEqual([]);
  });

  it('speak of every tool, and none of them is a request of a description', () => {
    expect(new Set(intents.map(({ tool }) => tool))).toEqual(new Set(names));
    const requests = new Set(tools.flatMap(tool => tool.requests.map(request => request.toLowerCase())));
    expect(intents.filter(({ say }) => requests.has(say.toLowerCase()))).toEqual([]);
  });
});

describe.each(tools)('$name', ({ name, description, requests }) => {
  it('has requests, each of its own', () => {
    expect(requests.length).toBeGreaterThanOrEqual(6);
    expect(requests.length).toBeLessThanOrEqual(30);
    expect(new Set(requests).size).toBe(requests.length);
  });

  it('is found first by its own requests', () => {
    const lost = requests.filter(request => find(request)[0]?.tool.name !== name);
    expect(lost.length / requests.length, lost.join(' | ')).toBeLessThanOrEqual(0.25);
  });

  it('is told apart from its neighbours', () => {
    for (const neighbour of neighbours[name] ?? [])
      expect(description).toMatch(new RegExp(`\\b${neighbour}\\b`));
  });
});

/** What no tool does, and a part of the reason that is given. */
interface Unserved {
  readonly say: string;
  readonly reason: string;
}

describe('a sentence that only asks to be shown something', () => {
  it.each([
    'show me the users of dev',
    'list the user pools',
    'what is in the bucket of dev?',
    'which environments were deleted last week?',
    'who may delete files?',
    'please tell me what sign-in options dev has',
    'could you show me the whole app?',
    'give me the API of dev',
    'are all environments there?',
    'how is login set up in prod',
  ])('%j is offered no deletion, and what changes something last', sentence => {
    const kinds = cutTo(find(sentence), SHOWN).map(({ tool }) => tool.access);
    expect(kinds).not.toContain('delete');
    const isChange = kinds.map(kind => kind === 'create' || kind === 'update');
    expect(isChange).toEqual([...isChange].sort());
  });

  it.each(['names of the environments of d4mm', 'take a snapshot of uat before we mess with it'])(
    '%j opens with no word that asks, and is offered no deletion',
    sentence => {
      expect(cutTo(find(sentence), SHOWN).map(({ tool }) => tool.access)).not.toContain('delete');
    },
  );

  it.each([
    'show me what dev has, then delete it',
    'how do I delete the API?',
    'what would be lost if we removed this environment?',
    'is it safe to delete staging?',
    "we're moving to okta, so rip the login out of uat",
    'is there a way to get rid of the login',
    'get rid of the login',
    'the old stage can go',
  ])('%j is not one, and is offered a deletion', sentence => {
    expect(cutTo(find(sentence), SHOWN).map(({ tool }) => tool.access)).toContain('delete');
  });

  it('is still answered with the tool that it names', () => {
    expect(find('what does delete_backend do?')[0]?.tool.name).toBe('delete_backend');
  });
});

describe('a deletion', () => {
  it.each([
    'restore the deleted environment',
    'I deleted qa by accident',
    'somebody removed the login, add it again',
    'bring the deleted API back to life',
    'export all users',
    'download all files',
    'get rid of the running job',
    'make the job go away',
    'never delete prod',
    'do not remove the API',
    'the deletion of qa failed, what now?',
    'who deleted qa?',
    'remove Facebook login',
    'take the google sign-in away',
  ])('does not stand first for %j', sentence => {
    expect(find(sentence)[0]?.tool.access).not.toBe('delete');
  });

  it.each([
    ['qa should be deleted', /delete_backend$|decommission_environment/],
    ['I want dev deleted', /delete_backend$|decommission_environment/],
    ['the environment that was created by accident can go, delete it', /delete_backend$|decommission_env/],
    ['we need the login removed', /delete_backend_auth/],
    ['delete all files and the storage', /delete_backend_storage/],
    ['plain AWS deletion of the API, do not wait', /delete_backend/],
  ])('stands first for %j', (sentence, name) => {
    expect(find(sentence)[0]?.tool.name).toMatch(name);
  });

  it('is not of what must stay', () => {
    const [first] = find('login and files must stay, delete the API');
    expect(first?.tool.name).toBe('delete_backend_api');
  });
});

it.each([
  ['show me what environments exist', 'get_backend'],
  ['show the environments that exist', 'get_backend'],
  ['which envs are there', 'get_backend'],
  ['remove Facebook login', 'change_environment'],
  ['forgot password settings', 'get_backend_auth'],
  ['password policy of prod', 'get_backend_auth'],
])('%j: %s', (sentence, tool) => {
  expect(find(sentence)[0]?.tool.name).toBe(tool);
});

describe('beside a tool that changes something', () => {
  it.each([
    ['turn on two factor authentication', 'change_environment', 'describe_environment'],
    ['rotate the client secret of the Apple sign-in', 'update_backend_auth', 'get_backend_auth'],
    ['renew the API key', 'update_backend_api', 'get_backend_api'],
    ['remove file storage', 'delete_backend_storage', 'get_backend_storage'],
    ['delete staging for good', 'decommission_environment', 'describe_environment'],
    ['switch the admin ui off', 'remove_backend_config', 'get_backend'],
  ])('%j: %s, %s is among the matches', (sentence, tool, reader) => {
    const [first, ...others] = cutTo(find(sentence), SHOWN);
    expect(first).toMatchObject({ tool: { name: tool }, reader: { name: reader } });
    expect(others.map(one => one.tool.name)).toContain(reader);
    expect(others).toHaveLength(SHOWN - 1);
  });

  it('there is none where it is not served, and none in a place that was not asked for', () => {
    const without = createFinder(tools.filter(({ name }) => !name.startsWith('get_')));
    expect(without('rotate the client secret of the Apple sign-in').found[0]?.reader).toBeUndefined();
    expect(cutTo(find('remove file storage'), 2)).toEqual(find('remove file storage').slice(0, 2));
  });
});

describe('what no tool does', () => {
  const served = new Set(names);
  const readUnserved = (file: string): readonly Unserved[] =>
    JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

  it.each([
    { file: 'no-tool.json', recognized: 0.97, forTheReason: 0.94 },
    // The phrases were written without a look at these.
    { file: 'no-tool-unseen.json', recognized: 0.85, forTheReason: 0.85 },
  ])('is recognized in the sentences of $file', ({ file, recognized, forTheReason }) => {
    const sentences = readUnserved(file);
    const missed = sentences.filter(({ say }) => !findNoTool(say, served)).map(({ say }) => say);
    const right = sentences.filter(({ say, reason }) => findNoTool(say, served)?.reason.includes(reason));
    expect(1 - missed.length / sentences.length, missed.join(' | ')).toBeGreaterThanOrEqual(recognized);
    expect(right.length / sentences.length).toBeGreaterThanOrEqual(forTheReason);
  });

  it('is not taken for what a tool does', () => {
    const near: string[] = JSON.parse(readFileSync(new URL('near-no-tool.json', import.meta.url), 'utf8'));
    const requests = tools.flatMap(tool => tool.requests);
    expect([...near, ...requests].filter(sentence => findNoTool(sentence, served))).toEqual([]);
  });

  it('has a way that names tools only if they are served, and always one without', () => {
    const reasons = new Set<string>();
    for (const { say } of ['no-tool.json', 'no-tool-unseen.json'].flatMap(readUnserved)) {
      const { reason, way = '' } = findNoTool(say, served) ?? {};
      if (reason === undefined) continue;
      reasons.add(reason);
      expect(toolsIn(way).filter(name => !served.has(name))).toEqual([]);
      const without = findNoTool(say, new Set())?.way ?? '';
      expect(toolsIn(without)).toEqual([]);
      expect(without).toMatch(/^[A-Z].+\.$/);
    }
    expect(reasons.size).toBe(21);
  });

  it('puts the tools that the way names first', () => {
    const { found, noTool } = search('rename the environment dev to main');
    expect(noTool?.way).toContain('clone_environment');
    expect(new Set(found.slice(0, 2).map(({ tool }) => tool.name))).toEqual(
      new Set(['clone_environment', 'decommission_environment']),
    );
  });
});

it('no request stands with two tools', () => {
  const requests = tools.flatMap(tool => tool.requests);
  expect(new Set(requests).size).toBe(requests.length);
});

it.each([
  ['clone_backend', 'clone_backend'],
  ['DeleteToken', 'delete_token'],
  ['amplify import auth', 'import_backend_auth'],
])('finds %j by name', (sentence, tool) => {
  expect(find(sentence)[0]?.tool.name).toBe(tool);
});

it.each([
  ['delte teh databse of dev', 'delete_backend_api'],
  ['dupilcate satging', 'clone_environment'],
  ['the API without the storage: show its shcema', 'get_backend_api'],
  ['take login out, keep the files', 'delete_backend_auth'],
  ['turn the admin panel off', 'remove_backend_config'],
])('reads %j', (sentence, tool) => {
  expect(find(sentence)[0]?.tool.name).toBe(tool);
});

it.each(['', '?!', 'the', 'xyzzy', '日本'])('finds nothing by %j', sentence => {
  expect(find(sentence)).toEqual([]);
});

describe('a description file', () => {
  it('is read as a body and requests', () => {
    const read = readDescriptionFile('Does it.\n\n## Requests\n\n- "do \\"it\\""\n- "please"\n');
    expect(read).toEqual({ body: 'Does it.', requests: ['do \\"it\\"', 'please'] });
    expect(readDescriptionFile('Does it.\n')).toEqual({ body: 'Does it.', requests: [] });
  });

  it('refuses a line that is no request', () => {
    expect(() => readDescriptionFile('Does it.\n## Requests\n* please\n')).toThrow('not a request: * please');
  });
});

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
