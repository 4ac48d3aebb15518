import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { stackStateOf, stackStateText, stackStatuses } from '../../src/environment/index.ts';

const name = 'amplify-shop-dev-10001';
const id = `arn:aws:cloudformation:eu-west-1:111122223333:stack/${name}/0f0e`;
const stateOf = (status: string) => stackStateOf({ name, id, status });

test('exactly the statuses of the AWS SDK have a meaning', () => {
  expect([...stackStatuses].sort()).toEqual(Object.values(StackStatus).sort());
});

test.each(Object.values(StackStatus))(
  '%s: the next step is to wait for running work, or a command for a stuck stack',
  status => {
    const { condition, nextStep } = stateOf(status);
    const isAtWork = status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
    const isStuck =
      status.endsWith('_FAILED') || ['ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS'].includes(status);
    expect(condition === 'at work').toBe(isAtWork);
    expect(condition === 'stuck').toBe(isStuck);
    expect(nextStep !== undefined).toBe(isAtWork || isStuck);
  },
);

test('the next step of a failed rollback is the command that continues it', () => {
  expect(stateOf('UPDATE_ROLLBACK_FAILED').nextStep).toContain(
    `aws cloudformation continue-update-rollback --stack-name ${name} --region eu-west-1`,
  );
  expect(stateOf('ROLLBACK_COMPLETE').nextStep).toContain(
    `aws cloudformation delete-stack --stack-name ${name}`,
  );
});

test('a name with shell characters is not part of a command', () => {
  const forged = { name: 'x; rm -rf ~', id: 'arn:aws:cloudformation:$(id):1:stack/x/1' };
  const { nextStep } = stackStateOf({ ...forged, status: 'UPDATE_ROLLBACK_FAILED' });
  expect(nextStep).toMatch(/continue-update-rollback --stack-name NAME$/);
});

test.each(['A_NEW_KIND_IN_PROGRESS', 'A_NEW_KIND_FAILED', 'A_NEW_KIND', 'constructor'])(
  'an unknown status is read by its ending: %s',
  status => {
    const { condition, means } = stateOf(status);
    const expected = status.endsWith('PROGRESS') ? 'at work' : status.endsWith('FAILED') ? 'stuck' : 'steady';
    expect(condition).toBe(expected);
    expect(means).not.toBe('');
  },
);

test('a status is shown with its meaning on one line', () => {
  expect(stackStateText({ name: 'a\nb', status: 'UPDATE_COMPLETE' })).toBe(
    'stack "a\\nb" is UPDATE_COMPLETE: it was updated',
  );
});
