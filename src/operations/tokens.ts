/** The three operations on challenge tokens, which open an app's Admin UI to a person. */
import { CreateTokenCommand, DeleteTokenCommand, GetTokenCommand } from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { defineOperation } from './define.ts';
import { appId, sessionId } from './ids.ts';
import { answered, text } from './shapes.ts';

const token = z.object({
  appId: answered.appId,
  challengeCode: text('The code; [withheld] unless revealSecrets is on'),
  sessionId: text('Session id'),
  ttl: text('When the token expires, epoch seconds'),
});

const createToken = defineOperation({
  command: CreateTokenCommand,
  title: 'Create an Admin UI challenge token',
  access: 'secret',
  evidence: [],
  input: z.strictObject({ appId }),
  output: token,
});

const getToken = defineOperation({
  command: GetTokenCommand,
  title: 'Look up a challenge token',
  access: 'secret',
  input: z.strictObject({ appId, sessionId }),
  output: token,
});

const deleteToken = defineOperation({
  command: DeleteTokenCommand,
  title: 'Revoke a challenge token',
  access: 'delete',
  evidence: ['tokenGone'],
  input: z.strictObject({ appId, sessionId }),
  output: z.object({ isSuccess: z.boolean().optional().describe('Whether the token is revoked') }),
});

export const tokenOperations = [createToken, getToken, deleteToken] as const;
