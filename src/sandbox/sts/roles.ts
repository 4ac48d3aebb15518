/**
 * The principals that the sandbox's STS knows: the owner of the fixed key pair, and the roles that may be assumed. They
 * are in two accounts, so that work with several accounts can be tested. They protect nothing real.
 */
import { sandboxAccountId } from '../identity.ts';

/** The owner of a key, as GetCallerIdentity answers it. */
export interface Principal {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  /** The source identity and the tags with which a role's session was opened; absent for a user. */
  readonly sourceIdentity?: string;
  readonly sessionTags?: Readonly<Record<string, string>>;
}

/** A role that may be assumed. */
export interface Role {
  readonly arn: string;
  readonly account: string;
  readonly name: string;
  readonly id: string;
  /** The `sts:ExternalId` that its trust policy requires. */
  readonly externalId?: string;
}

/** The account of the second {@link sandboxRoles} admin. */
export const sandboxOtherAccountId = '210987654321';

/** The external id that the partner role requires. */
export const sandboxExternalId = 'sandbox-external-id';

/** The owner of the sandbox's fixed credentials. */
export const sandboxUser: Principal = {
  account: sandboxAccountId,
  arn: `arn:aws:iam::${sandboxAccountId}:user/sandbox`,
  userId: 'AIDASANDBOX000000000',
};

const role = (account: string, name: string, id: string, externalId?: string): Role => ({
  arn: `arn:aws:iam::${account}:role/${name}`,
  account,
  name,
  id,
  ...(externalId !== undefined && { externalId }),
});

/** One role without conditions, one that requires an external id, and one in another account. */
export const sandboxRoles = {
  admin: role(sandboxAccountId, 'sandbox-admin', 'AROASANDBOXADMIN0000'),
  partner: role(sandboxAccountId, 'sandbox-partner', 'AROASANDBOXPARTNER00', sandboxExternalId),
  otherAdmin: role(sandboxOtherAccountId, 'sandbox-admin', 'AROASANDBOXOTHER0000'),
} as const;

/** The role that may be assumed with this ARN and external id. */
export function findAssumableRole(arn: string, externalId: string | undefined): Role | undefined {
  return Object.values<Role>(sandboxRoles).find(
    candidate =>
      candidate.arn === arn && (candidate.externalId === undefined || candidate.externalId === externalId),
  );
}

/** The principal of a role's session. */
export function sessionPrincipal(
  { account, name, id }: Role,
  session: string,
  marks: Pick<Principal, 'sourceIdentity' | 'sessionTags'> = {},
): Principal {
  return {
    ...marks,
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    userId: `${id}:${session}`,
  };
}
