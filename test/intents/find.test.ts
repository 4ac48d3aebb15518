/**
 * Sentences as people say them, and the tools they mean: how often the right one is first, among three and among five,
 * over the sets that the words were tuned on and over one that they were not; which sentences no tool does.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDescriptionFile } from '../../src/mcp/description-file.ts';
import { takeBest } from '../../src/tool-search/found.ts';
import { createFinder } from '../../src/tool-search/index.ts';
import { findNoTool, toolsIn } from '../../src/tool-search/no-tool.ts';
import { find, names, SHOWN, search, tools } from './found.ts';
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

const readIntents = (file: string): readonly Intent[] =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

describe.each(sets)('the sentences of $file', ({ file, first, amongThree, amongFive }) => {
  const intents = readIntents(file);
  const ranks = intents.map(({ say, tool, also = [] }) => {
    const { found, noTool } = search(say);
    const rank = takeBest(found, SHOWN).findIndex(one => [tool, ...also].includes(one.tool.name));
    return { say, rank, noTool };
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
    expect(ranks.filter(({ noTool }) => noTool)).toEqual([]);
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
    const kinds = takeBest(find(sentence), SHOWN).map(({ tool }) => tool.access);
    expect(kinds).not.toContain('delete');
    const isChange = kinds.map(kind => kind === 'create' || kind === 'update');
    expect(isChange).toEqual([...isChange].sort());
  });

  it.each(['names of the environments of d4mm', 'take a snapshot of uat before we mess with it'])(
    '%j opens with no word that asks, and is offered no deletion',
    sentence => {
      expect(takeBest(find(sentence), SHOWN).map(({ tool }) => tool.access)).not.toContain('delete');
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
    expect(takeBest(find(sentence), SHOWN).map(({ tool }) => tool.access)).toContain('delete');
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
    const [first, ...others] = takeBest(find(sentence), SHOWN);
    expect(first).toMatchObject({ tool: { name: tool }, reader: { name: reader } });
    expect(others.map(one => one.tool.name)).toContain(reader);
    expect(others).toHaveLength(SHOWN - 1);
  });

  it('there is none where it is not served, and none in a place that was not asked for', () => {
    const without = createFinder(tools.filter(({ name }) => !name.startsWith('get_')));
    expect(without('rotate the client secret of the Apple sign-in').found[0]?.reader).toBeUndefined();
    expect(takeBest(find('remove file storage'), 2)).toEqual(find('remove file storage').slice(0, 2));
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
