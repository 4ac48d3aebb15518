/**
 * Known causes that make Amplify's jobs fail or hang, each with the evidence that it is recognized by. A match is likely,
 * not certain; without evidence no cause is given.
 */

/** One piece of evidence on a job. */
export interface Evidence {
  /** Its source: the job's record, an event of its stacks, or the stack. `silence`: CloudFormation has no event of the job. */
  readonly from: 'job' | 'event' | 'stack' | 'silence';
  /** AWS's words, verbatim. */
  readonly text?: string;
  /** The resource's type. */
  readonly type?: string;
  /** The status of the resource or of the stack. */
  readonly status?: string;
  /** The job's operation: `CloneBackend`. */
  readonly operation: string;
  /** Whether the job has not ended. */
  readonly isRunning: boolean;
}

/** A known cause: all its patterns must match one and the same piece of evidence. */
export interface KnownCause {
  readonly from?: Evidence['from'];
  readonly text?: RegExp;
  /** Matches the state that the text says a stack is in. */
  readonly stateSaid?: RegExp;
  readonly type?: RegExp;
  readonly status?: RegExp;
  readonly operation?: RegExp;
  readonly isRunning?: boolean;
  readonly cause: string;
  readonly whatToDo: string;
}

/** The first row that matches a piece of evidence wins, so the precise ones come first. */
export const knownCauses: readonly KnownCause[] = [
  {
    text: /bucket you tried to delete is not empty|BucketNotEmpty/i,
    cause: 'An S3 bucket still holds objects, and CloudFormation deletes only empty buckets.',
    whatToDo:
      'Ask the person whether the files may be deleted; once the bucket is emptied by hand, the same deletion works.',
  },
  {
    text: /TooManyBuckets|more buckets than allowed/i,
    cause: 'The account has as many S3 buckets as its quota allows, and each environment needs two.',
    whatToDo:
      'Delete buckets that are no longer needed (list_s3_buckets shows them), or have the quota raised.',
  },
  {
    text: /number of resources.{0,80}(exceed|greater than|limit)|limit on the number of resources|resource(s)? limit of (200|500)/i,
    cause: 'A stack would have more resources than CloudFormation allows (500).',
    whatToDo:
      'The schema or a resource must be split in the Amplify project: custom stacks, fewer models in one API.',
  },
  {
    text: /more than one GSI|only one global secondary index/i,
    cause: 'DynamoDB adds or removes one index of a table in one update, and the schema asks for several.',
    whatToDo: 'Change the indexes of each model one by one, with an update between them.',
  },
  {
    text: /runtime.{0,80}(no longer supported|deprecated|not supported)/i,
    cause: 'A Lambda function uses a runtime that AWS no longer accepts for new or changed functions.',
    whatToDo:
      "Raise the runtime in the function's template in the Amplify project, push that, then try again.",
  },
  {
    text: /already a pending job/i,
    cause: 'Another job of the app had not ended.',
    whatToDo: 'Find it with list_backend_jobs, wait for it with wait_for_job, then try again.',
  },
  {
    text: /Rate exceeded|Throttl|TooManyRequests|SlowDown/i,
    cause: 'AWS throttled requests of CloudFormation or Amplify.',
    whatToDo: 'Wait some minutes and try once more, while nothing else runs in the account and region.',
  },
  {
    text: /ExpiredToken|security token.{0,40}expired/i,
    cause: 'The credentials that Amplify used expired before the job ended.',
    whatToDo: 'Once the stack is at rest (describe_environment), try once more.',
  },
  {
    text: /(explicit deny in a|no) (service|resource) control policy/i,
    cause:
      'A service or resource control policy of the AWS organization denies this to Amplify or CloudFormation.',
    whatToDo:
      'No grant to a role helps: ask the person who runs the AWS organization whether that policy may allow it, or which account or region is meant for this.',
  },
  {
    text: /(explicit deny in a|no) permissions boundary/i,
    cause: 'The permissions boundary of the role that Amplify or CloudFormation works with denies this.',
    whatToDo:
      'Ask the person who set that boundary to allow the action there, too; a grant alone does not help.',
  },
  {
    text: /AccessDenied|Access Denied|not authorized to perform|is not authorized|UnauthorizedOperation/i,
    cause: 'The role that Amplify or CloudFormation works with may not do this.',
    whatToDo:
      "Ask the person to look at that role's policies, the permission boundary and the organization's SCPs.",
  },
  {
    text: /cannot be (deleted|updated) as it is in use by|dependent object|DependencyViolation|has a domain configured/i,
    cause: 'Something else still uses the resource.',
    whatToDo: 'The evidence names what uses it: that use must end first; ask the person.',
  },
  {
    text: /already exists|AlreadyExists|EntityAlreadyExists|BucketAlreadyOwnedByYou/i,
    cause:
      'A resource of that name exists already: left behind by a deleted environment or an earlier failed attempt of the same name.',
    whatToDo:
      'Ask the person whether that resource may be deleted, or take another name for the environment; list_s3_buckets shows leftover buckets.',
  },
  {
    text: /Limit ?Exceeded|limit exceeded|maximum number of|quota/i,
    cause: 'A quota of the account is used up.',
    whatToDo: 'Have that quota raised, or delete what is no longer needed, then try again.',
  },
  {
    text: /NoSuchBucket|specified bucket does not exist/i,
    cause: "A bucket that the environment needs is gone, often Amplify's own deployment bucket.",
    whatToDo:
      'Ask the person who deleted it; an empty bucket of the same name in the same region lets Amplify continue.',
  },
  {
    text: /custom-named resource requires replacing/i,
    cause: 'The change would replace a resource that has a fixed name, which CloudFormation cannot do.',
    whatToDo:
      'Make the change under a new name (a new model or resource), move the data, then remove the old one.',
  },
  {
    type: /^AWS::Cognito::UserPool$/,
    text: /schema attributes|required attributes|AttributeDataType|cannot be (changed|modified)/i,
    cause: "A user pool's sign-up attributes and sign-in aliases cannot be changed after it was created.",
    whatToDo: 'Undo that change, or create a new environment with the new settings and move the users.',
  },
  {
    type: /^AWS::AppSync::/,
    text: /schema/i,
    cause: 'AppSync did not accept the GraphQL schema.',
    whatToDo: "Correct the schema by AWS's words and update the API again.",
  },
  {
    stateSaid: /ROLLBACK_FAILED|ROLLBACK_COMPLETE|DELETE_FAILED|CREATE_FAILED/,
    cause: 'An earlier failure left the stack in a state that no update can start from.',
    whatToDo:
      'Resolve the earlier failure first: UPDATE_ROLLBACK_FAILED needs "continue update rollback" by a person in the CloudFormation console; a stack whose creation failed must be deleted.',
  },
  {
    stateSaid: /_IN_PROGRESS/,
    cause: 'CloudFormation was still at work on the stack for something else.',
    whatToDo: 'Wait until the stack is at rest (describe_environment), then try again.',
  },
  {
    text: /not in the state stack(Create|Update|Delete|Rollback)Complete/i,
    cause:
      "Amplify waited for the stack, which ended in another state: AWS's words are about the wait, the reason is in the stack's events.",
    whatToDo:
      'Read the first failure in the events of its stacks; where there is none, the stack was changed or rolled back meanwhile.',
  },
  {
    from: 'event',
    status: /ROLLBACK_IN_PROGRESS$/,
    text: /^User Initiated|cancelled by user/i,
    cause: 'A person or a program cancelled the update in CloudFormation.',
    whatToDo: 'Ask who did; once the stack is at rest, try the same again.',
  },
  {
    from: 'job',
    text: /^\s*null\s*$/,
    cause: 'Amplify lost the reason: it is known to report a stack that could not be deleted in this way.',
    whatToDo:
      'See with describe_environment what exists; where the stack is stuck, resolve its failed resource first.',
  },
  {
    text: /has not been deployed|never deployed|no deployment/i,
    cause: 'The environment is only registered and was never deployed.',
    whatToDo: 'Deploy it first, or take another environment; describe_environment tells the two apart.',
  },
  {
    from: 'stack',
    status: /^UPDATE_ROLLBACK_FAILED$/,
    cause:
      'CloudFormation could not roll a failed update back: the stack is stuck, and refuses every update.',
    whatToDo:
      'Only a person can continue: "continue update rollback" in the CloudFormation console, skipping the resource that cannot be rolled back.',
  },
  {
    from: 'stack',
    isRunning: true,
    status: /^(CREATE|UPDATE|IMPORT)_COMPLETE$/,
    cause: "CloudFormation finished long ago, and the job's record was not updated.",
    whatToDo:
      'Check with describe_environment that everything exists. Only if the stale record blocks other calls: update_backend_job rewrites it, and cancels nothing.',
  },
  {
    from: 'stack',
    isRunning: true,
    status: /ROLLBACK_(COMPLETE|FAILED)$|^(CREATE|DELETE)_FAILED$/,
    cause: "CloudFormation has failed, and the job's record does not say so.",
    whatToDo: 'Treat the job as failed, and read firstFailure for the reason.',
  },
  {
    from: 'silence',
    isRunning: true,
    cause: 'AWS accepted the request, but CloudFormation was never asked to do anything for it.',
    whatToDo:
      'Do not send it again before describe_environment shows what exists: AWS may still start. After hours the job is dead, though AWS never says so.',
  },
];

/** CloudFormation's words: "Stack [...] is in ROLLBACK_COMPLETE state and can not be updated". */
const STATE_SAID = /(?:is|are) in (\S+) state/;

const matches = (known: KnownCause, evidence: Evidence & { readonly stateSaid: string | undefined }) =>
  (known.from === undefined || known.from === evidence.from) &&
  (known.isRunning === undefined || known.isRunning === evidence.isRunning) &&
  (['text', 'stateSaid', 'type', 'status', 'operation'] as const).every(
    member => known[member] === undefined || known[member].test(evidence[member] ?? ''),
  );

/** The first known cause that matches a piece of evidence. */
export function causeOf(evidence: Evidence): KnownCause | undefined {
  const [, stateSaid] = STATE_SAID.exec(evidence.text ?? '') ?? [];
  return knownCauses.find(known => matches(known, { ...evidence, stateSaid }));
}
