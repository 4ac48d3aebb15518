/**
 * Finds out from AWS's message what denied a call: a missing permission, or a policy that no grant to the identity overrules.
 * The phrases are from "Troubleshoot access denied error messages" in the IAM user guide:
 * `… with an explicit deny in a service control policy`, `… because no permissions boundary allows the … action`.
 */

/** A policy that denies although the identity's own policies allow, or that denies explicitly. */
export interface Denial {
  /** "a service control policy of the AWS organization" */
  readonly by: string;
  /** Who can change the policy, and why a grant does not help; a sentence. */
  readonly whatToDo: string;
}

const organization = (policy: string): Denial => ({
  by: `a ${policy} of the AWS organization`,
  whatToDo: `No grant to the server's identity helps: ask the person who runs the AWS organization whether the ${policy} may allow it, or which account or region is meant for this.`,
});

const kinds: readonly (readonly [words: string, denial: Denial])[] = [
  ['service control policy', organization('service control policy')],
  ['resource control policy', organization('resource control policy')],
  [
    'permissions boundary',
    {
      by: "the permissions boundary of the server's identity",
      whatToDo:
        "A grant to the server's identity alone does not help: ask the person who set its permissions boundary to allow the action there, too.",
    },
  ],
  [
    'session policy',
    {
      by: "the policy of the server's session",
      whatToDo:
        'A grant to the role does not help: the program that assumes it for the server must pass a session policy that allows the action.',
    },
  ],
  [
    'vpc endpoint policy',
    {
      by: 'the policy of the VPC endpoint that the call went through',
      whatToDo: 'Ask the person who runs the network to allow the action in the policy of that endpoint.',
    },
  ],
  [
    'identity-based policy',
    {
      by: "a policy of the server's identity that denies it explicitly",
      whatToDo: 'Another grant does not overrule it: ask the person to change the statement that denies it.',
    },
  ],
  [
    'resource-based policy',
    {
      by: 'a policy of the resource that denies it explicitly',
      whatToDo: 'A grant does not overrule it: ask the person to change the statement that denies it.',
    },
  ],
];

/** Policies in which a missing statement is an ordinary missing grant. */
const grantable: ReadonlySet<string> = new Set(['identity-based policy', 'resource-based policy']);

/** The policy that denied a call; undefined if AWS's message only says that a grant is missing. */
export function findDenial(words: string): Denial | undefined {
  const text = words.toLowerCase();
  const found = kinds.find(
    ([policy]) =>
      text.includes(`explicit deny in a ${policy}`) ||
      text.includes(`explicit deny in an ${policy}`) ||
      (!grantable.has(policy) && text.includes(`no ${policy} allows`)),
  );
  return found?.[1];
}
