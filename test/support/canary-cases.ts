/** What the canary tests send: every tool with its arguments, those of auth resources with a secret in each place. */
import { operations } from '../../src/operations/index.ts';
import type { FaultKind } from '../../src/sandbox/index.ts';
import { on, type ToolCase } from '../scenarios/cases/case.ts';
import { environmentCases } from '../scenarios/cases/environments.ts';
import { resourceCases } from '../scenarios/cases/resources.ts';
import { authSettings, canaries, pem } from './canaries.ts';
import type { Json } from './child.ts';

export const cases: Record<string, ToolCase> = { ...environmentCases, ...resourceCases };

export function operationOf(tool: string) {
  const operation = operations.find(({ toolName }) => toolName === tool);
  if (!operation) throw new Error(`no tool ${tool}`);
  return operation;
}
export const update = operationOf('update_backend_auth');

/** The faults in which AWS says something, and which are soon over. */
export const wordy: FaultKind[] = ['bad-request', 'pending-job', 'error-in-200', 'throttle', 'timeout-after'];

/** Those with which AWS refuses a write, and nothing changes. */
export const refusing: FaultKind[] = ['bad-request', 'pending-job', 'error-in-200'];

/** After these a write is looked for, for seconds: one for each way of the writes that carry secrets. */
export const lost: FaultKind[] = ['server-error', 'timeout-before'];

const { literalSms: sms, literalEmail: email } = canaries;
export const literalSecrets = {
  google: canaries.literalGoogle,
  facebook: canaries.literalFacebook,
  amazon: canaries.literalAmazon,
  apple: pem(canaries.literalApple),
  sms,
  email,
};
export const literal = authSettings(literalSecrets);
export const references = authSettings({
  google: { $secret: 'GOOGLE' },
  facebook: { $secret: 'facebook' },
  amazon: { $secret: 'GOOGLE' },
  apple: { $secret: 'facebook' },
  sms,
  email,
});
export const stored = authSettings({
  google: canaries.storedGoogle,
  facebook: canaries.storedFacebook,
  amazon: canaries.storedAmazon,
  apple: pem(canaries.storedApple),
  sms: canaries.storedSms,
  email: canaries.storedEmail,
});

const pools = { authResources: 'IDENTITY_POOL_AND_USER_POOL', service: 'COGNITO' };
export const updateArgs = (userPoolConfigs: Json) =>
  on('dev', { resourceName: 'shopauth', resourceConfig: { ...pools, userPoolConfigs } });
const createArgs = (userPoolConfigs: Json) => ({
  ...on('one', { resourceName: 'people' }),
  resourceConfig: {
    ...pools,
    identityPoolConfigs: { identityPoolName: 'people', unauthenticatedLogin: false },
    userPoolConfigs: {
      ...userPoolConfigs,
      requiredSignUpAttributes: ['EMAIL'],
      signInMethod: 'EMAIL',
      userPoolName: 'people',
    },
  },
});
/** The ways to call a tool well: with secrets where it takes any. */
export const carrying: Record<string, Json[]> = {
  create_backend_auth: [createArgs(literal), createArgs(references)],
  update_backend_auth: [updateArgs(literal), updateArgs(references)],
};

/** What each of them sends, as AWS may repeat it. */
const { google, facebook, amazon, apple } = literalSecrets;
export const repeated = [
  [google, facebook, amazon, apple, `${sms} {####}`, email].join(', '),
  [canaries.secretVariable, canaries.vaultSecret].join(', '),
];
