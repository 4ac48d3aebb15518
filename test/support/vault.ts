/** Keys, secrets and failures of the vault, as its tests share them. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { ServerError } from '../../src/errors.ts';
import { parseVaultKey } from '../../src/secrets/vault-key.ts';

export const keys = {
  accessKeyId: 'AKIAVAULT00000000000',
  secretAccessKey: 'plainly-secret-access-key',
  sessionToken: 'plainly-a-session-token',
};
export const secret = 'plainly-a-client-secret';
export const keyText = randomBytes(32).toString('base64');
export const otherText = randomBytes(32).toString('base64');
/** No file and no error may contain any of these. */
export const confidential = [...Object.values(keys), secret, keyText, otherText];

export const env = { VAULT_KEY: keyText, OTHER_KEY: otherText };
export const keyOf = (text: string, more = {}) => parseVaultKey(text, { env: { ...env, ...more } });

/** The message of a call that must fail. Checks that the failure contains nothing confidential. */
export async function failure(call: Promise<unknown>): Promise<string> {
  const thrown = await call.then(
    () => undefined,
    error => error,
  );
  expect(thrown).toBeInstanceOf(ServerError);
  expect(thrown.code).toBe('vault_unusable');
  for (const text of confidential) expect(JSON.stringify(thrown.facts())).not.toContain(text);
  expect(thrown.message).not.toContain('\n');
  return thrown.message;
}
