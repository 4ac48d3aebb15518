/**
 * Ids become segments of a URL, and the SDK does not encode `..`: so nothing may pass as an id that could
 * lead out of its segment. Every path member of every operation is tried, not only those we thought of.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appId,
  backendEnvironmentName,
  jobId,
  newEnvironmentName,
  newResourceName,
  resourceName,
  sessionId,
} from '../../src/operations/ids.ts';
import { operations } from '../../src/operations/index.ts';
import { validateArguments } from '../../src/operations/validate.ts';
import { membersOf } from '../../src/operations/wire.ts';
import { sampleOf } from '../support/sdk-shapes.ts';

const inPaths = { appId, backendEnvironmentName, newEnvironmentName, jobId, sessionId };

const hostile: unknown[] = [
  ...['', '.', '..', '...', '../x', './x', '/', '/x', 'x/', 'a/b', 'a/../b', '..\\x', 'a\\b', '.hidden'],
  ...['%2e%2e', '%2E%2E', 'a%2Fb', 'd1%00', '%', 'a?b', 'a?', 'a#b', 'a;b', 'a&b=c', 'a@b', '*', '{appId}'],
  ...[
    ' ',
    'a b',
    ' dev',
    'dev ',
    'dev\n',
    '\ndev',
    'd1\r\nHost: evil',
    'd1\u0000',
    'd\u202e1',
    'dév',
    '．．',
    'd１',
  ],
  ...['d'.repeat(1000), 7, true, null, undefined, {}, { toString: () => 'd1' }, ['d1'], [['..']]],
];

describe.each(Object.entries(inPaths))('%s', (_, id) => {
  it.each(hostile)('refuses %j', value => {
    expect(id.safeParse(value).success).toBe(false);
  });

  it('accepts nothing that could leave its segment of a URL', () => {
    // Random text is hardly ever an id, so it is put together from what ids have and what breaks out of them.
    const unit = fc.constantFrom(...'dqav19_-:./%\\?#', '..', '%2e', ' ', '\n', 'é');
    const accepted = fc.string({ unit, maxLength: 12 }).filter(text => id.safeParse(text).success);
    fc.assert(
      fc.property(accepted, text => {
        expect(text).not.toMatch(/[/%\\?#\s]|^\.+$/);
        expect(new URL(`https://host/backend/${text}/end`).pathname).toBe(`/backend/${text}/end`);
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(operations)('$toolName', operation => {
  const labels = (membersOf(operation.sdkInput) ?? [])
    .filter(member => member.inPath)
    .map(({ wireName }) => wireName);
  const full = sampleOf(operation.toolInput) as Record<string, unknown>;

  it('accepts ids as they should be', () => {
    expect(validateArguments(operation, full)).toEqual(full);
  });

  it('refuses every hostile id in every path member, and names the member', () => {
    expect(operation.http.path.split('{')).toHaveLength(labels.length + 1);
    /** What is said of arguments: nothing if they are accepted. */
    const refusalOf = (given: object) => {
      try {
        validateArguments(operation, given);
        return '';
      } catch (thrown) {
        return (thrown as Error).message;
      }
    };
    for (const label of labels) {
      const passed = hostile.filter(
        value => !refusalOf({ ...full, [label]: value }).includes(`\n- ${label}: `),
      );
      expect(passed, label).toEqual([]);
    }
  });
});

it.each([
  [
    appId,
    ['d1a2b3c4', 'd1sandboxshop', `d${'1'.repeat(19)}`],
    ['d', 'D1', 'a1', 'd-1', `d${'1'.repeat(20)}`],
  ],
  // Environments that older tools made have such names, and must still be read and removed.
  [
    backendEnvironmentName,
    ['dev', 'NONE', 'stage2', 'a_b-c', 'a'.repeat(100)],
    ['a'.repeat(101), 'a.b', 'a:b'],
  ],
  // The Amplify CLI could not use an environment of another name.
  [newEnvironmentName, ['qa', 'abcdefghij'], ['q', 'abcdefghijk', 'qa2', 'QA', 'q-a', 'NONE']],
  [jobId, ['e1b2-77', 'a_b.c:d', 'A'.repeat(128)], ['A'.repeat(129), '-/', '.a']],
  [sessionId, ['e1b2-77', 'a_b.c:d', 'A'.repeat(128)], ['A'.repeat(129), '-/', '.a']],
  // Older ones have names of every kind, and must still be read and removed.
  [resourceName, ['shopauth', 'shop-api_1 ü', 'a'.repeat(128)], ['', 'a'.repeat(129), 'a\ud800']],
  [newResourceName, ['shopauth', 'AmplifyDataStore', 'a'.repeat(128)], ['', 'a b', 'a-b', 'a_b', 'ä', 'a\n']],
])('an id accepts what AWS uses, and its length ends somewhere (%#)', (id, right, wrong) => {
  expect(right.filter(value => !id.safeParse(value).success)).toEqual([]);
  expect(wrong.filter(value => id.safeParse(value).success)).toEqual([]);
});
