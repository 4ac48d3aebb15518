/**
 * The role that a target assumes. Its sessions have two marks by which IAM policies and CloudTrail recognize this server: a
 * source identity and a session tag. Many trust policies allow neither, so a role that refuses a mark is assumed without it.
 */
import type { Tag } from '@aws-sdk/client-sts';
import { ServerError } from '../errors.ts';
import { roleFailure, serviceCode } from './credential-failures.ts';
import type { AwsKeys } from './keys.ts';
import { openSts } from './sts.ts';

/** A role to assume. */
export interface RoleSettings {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  readonly sessionName?: string | undefined;
  readonly sessionTags?: Readonly<Record<string, string>> | undefined;
  readonly durationSeconds?: number | undefined;
}

interface StsOptions {
  readonly region: () => Promise<string>;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly userAgent: string;
}

/** The source identity, the default session name, and the key of the session tag, whose value is the version. */
export const SESSION_MARK = 'amplify-backend-mcp';

/** The marks of a session. Each needs a permission of its own: `sts:SetSourceIdentity`, `sts:TagSession`. */
type Mark = 'source identity' | 'tag';
const marks: readonly Mark[] = ['source identity', 'tag'];

/** Which of the set marks the refusal may be about. */
function refusedMarks(thrown: unknown, set: readonly Mark[]): readonly Mark[] {
  const { name = '', message = '' } = (thrown ?? {}) as { name?: string; message?: string };
  if (thrown instanceof ServerError || serviceCode(thrown) !== 'credentials_refused') return [];
  if (/^(InvalidClientTokenId|SignatureDoesNotMatch|RegionDisabled)/.test(name)) return [];
  const named: readonly Mark[] = /SetSourceIdentity|source ?identity/i.test(message)
    ? ['source identity']
    : /TagSession/i.test(message)
      ? ['tag']
      : marks;
  return named.filter(mark => set.includes(mark));
}

function tagsOf({ sessionTags = {} }: RoleSettings, { userAgent }: StsOptions, isMarked: boolean): Tag[] {
  const version = userAgent.split('/')[1] ?? '';
  const all = { ...(isMarked && { [SESSION_MARK]: version }), ...sessionTags };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

async function assumeOnce(
  role: RoleSettings,
  base: AwsKeys,
  options: StsOptions,
  set: readonly Mark[],
): Promise<AwsKeys> {
  const { roleArn, externalId, sessionName = SESSION_MARK, durationSeconds } = role;
  const tags = tagsOf(role, options, set.includes('tag'));
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = await openSts({ ...options, region: await options.region(), credentials: base });
  try {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        ...{ RoleArn: roleArn, RoleSessionName: sessionName },
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
        ...(tags.length > 0 && { Tags: tags }),
        ...(set.includes('source identity') && { SourceIdentity: SESSION_MARK }),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken)
      throw new ServerError('unreachable', { message: 'AWS STS answered without the keys of the role.' });
    return {
      ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      ...(Expiration && { expiration: Expiration }),
    };
  } finally {
    client.destroy();
  }
}

/** Creates the function that assumes a role. It remembers which marks the role refuses, and throws ServerError. */
export function createAssumeRole(
  role: RoleSettings,
  options: StsOptions,
): (base: AwsKeys) => Promise<AwsKeys> {
  let accepted = marks;
  return async base => {
    for (let set = accepted; ; ) {
      try {
        const keys = await assumeOnce(role, base, options, set);
        accepted = set;
        return keys;
      } catch (thrown) {
        const refused = refusedMarks(thrown, set);
        if (refused.length === 0) throw roleFailure(thrown, role.roleArn, role.externalId !== undefined);
        set = set.filter(mark => !refused.includes(mark));
      }
    }
  };
}
