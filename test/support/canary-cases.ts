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

/** The faults in which AWS answers with a message and which end quickly. */
export const wordy: FaultKind[] = ['bad-request', 'pending-job', 'error-in-200', 'throttle', 'timeout-after'];

/** The faults in which AWS refuses a write, so that nothing changes. */
export const refusing: FaultKind[] = ['bad-request', 'pending-job', 'error-in-200'];

/** The faults after which the server spends seconds looking for the effect of a write: one for each way to send secrets. */
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
/** Valid arguments of a tool, with a secret in each member that takes one. */
export const carrying: Record<string, Json[]> = {
  create_backend_auth: [createArgs(literal), createArgs(references)],
  update_backend_auth: [updateArgs(literal), updateArgs(references)],
};

/** The secrets that each of these calls sends, as AWS may repeat them in a message. */
const { google, facebook, amazon, apple } = literalSecrets;
export const repeated = [
  [google, facebook, amazon, apple, `${sms} {####}`, email].join(', '),
  [canaries.secretVariable, canaries.vaultSecret].join(', '),
];
