/** `iam-policy`: the least-privilege IAM policy for the tools that this configuration serves. */

/** The members of a served tool that matter to IAM. */
export interface ServedTool {
  readonly toolName: string;
  /** `amplifybackend:CloneBackend` */
  readonly iamAction: string;
  /** `read`, `create`, `update`, `delete` or `secret`. */
  readonly access: string;
  /** Whether its call starts a job. */
  readonly startsJob?: boolean;
}

/** An IAM policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** Options of the policy. */
export interface IamPolicyOptions {
  /** ARNs of the roles that targets assume. */
  readonly roleArns?: readonly string[];
}

/** Reads that the server sends by itself: to verify lost writes, to poll jobs, and to learn how long jobs take. */
const watching = ['GetBackend', 'GetBackendJob', 'ListBackendJobs'].map(name => `amplifybackend:${name}`);

/** Distinct names, sorted. */
const sorted = (names: readonly string[]) => [...new Set(names)].sort();

/**
 * The policy of the served tools. A policy for a target's role needs no `roleArns`; one for the identity that
 * assumes it needs no tools.
 */
export function iamPolicy(served: readonly ServedTool[], options: IamPolicyOptions = {}): PolicyDocument {
  const statement = (sid: string, actions: readonly string[], resources: readonly string[] = ['*']) => ({
    Sid: sid,
    Effect: 'Allow' as const,
    Action: sorted(actions),
    Resource: sorted(resources),
  });
  const reads = [
    ...served.filter(tool => tool.access === 'read').map(tool => tool.iamAction),
    ...(served.some(tool => tool.startsJob) ? watching : []),
  ];
  const writes = served.filter(tool => tool.access !== 'read').map(tool => tool.iamAction);
  const roles = options.roleArns ?? [];
  return {
    Version: '2012-10-17',
    Statement: [
      // Every resource: the API's own reference defines no resource types, and a policy that names a wrong ARN denies
      // everything. The setting `apps` limits which apps may be touched.
      ...(reads.length > 0 ? [statement('AmplifyBackendRead', reads)] : []),
      ...(writes.length > 0 ? [statement('AmplifyBackendWrite', writes)] : []),
      // This action takes no resource, and AWS allows it to every identity. The statement documents that the server
      // uses it.
      statement('WhoAmI', ['sts:GetCallerIdentity']),
      ...(roles.length > 0 ? [statement('AssumeTargetRoles', ['sts:AssumeRole'], roles)] : []),
    ],
  };
}
