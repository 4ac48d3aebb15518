/** The page of the AWS console for a stuck job, and what a person can do on it. */
import { expect, it } from 'vitest';
import { consolePage, whatAPersonCanDo } from '../../../src/tools/explain-job/console.ts';

const where = { environment: 'qa', region: 'eu-west-1' };
const stack = (status: string) => ({ id: 'arn:aws:cloudformation:eu-west-1:1:stack/a/b', name: 'a', status });

it('shows the events of the stack, in the region of its ARN', () => {
  expect(consolePage({ id: 'arn:aws:cloudformation:us-east-2:1:stack/a/b' }, where)).toBe(
    'https://us-east-2.console.aws.amazon.com/cloudformation/home?region=us-east-2#/stacks/events?stackId=arn%3Aaws%3Acloudformation%3Aus-east-2%3A1%3Astack%2Fa%2Fb',
  );
});

it.each([
  ['arn:aws-cn:cloudformation:cn-north-1:1:stack/a/b', 'https://cn-north-1.console.amazonaws.cn/'],
  [
    'arn:aws-us-gov:cloudformation:us-gov-west-1:1:stack/a/b',
    'https://us-gov-west-1.console.amazonaws-us-gov.com/',
  ],
])('has the domain of its partition: %s', (id, start) => {
  expect(consolePage({ id }, where)?.startsWith(start)).toBe(true);
});

it.each([
  undefined,
  { id: 'not an ARN' },
  { id: 'arn:aws:cloudformation:evil.example/x#:1:stack/a/b' },
  { id: `arn:aws:cloudformation:eu-west-1:1:stack/${'a'.repeat(600)}` },
])('is the list of stacks without a usable ARN', given => {
  expect(consolePage(given, { ...where, environment: 'q a' })).toBe(
    'https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks?filteringText=q%20a&viewNested=true',
  );
});

it('is none without a region', () => {
  expect(consolePage(undefined, { environment: 'qa', region: undefined })).toBeUndefined();
});

it.each([
  ['UPDATE_IN_PROGRESS', 'Cancel update stack'],
  ['CREATE_IN_PROGRESS', 'deleting the stack ends it'],
  ['DELETE_IN_PROGRESS', 'gives up by itself'],
  ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback'],
  ['UPDATE_COMPLETE', 'nothing to stop'],
  ['DELETE_COMPLETE', 'nothing to stop'],
])('says what a person can do about %s', (status, words) => {
  expect(whatAPersonCanDo(stack(status))).toContain(words);
});

it('says so where there is no stack', () => {
  expect(whatAPersonCanDo(undefined)).toContain('no stack');
});
