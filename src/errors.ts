/**
 * The registry of errors: every failure that reaches a user, an agent or an operator has a code here, with what to do
 * next and whether the same call may be sent again.
 */

interface ErrorEntry {
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do next, written for the model that reads it. */
  readonly hint: string;
  /** Whether sending the same call again, unchanged, can help and is harmless; a thrown error may know better. */
  readonly retryable: boolean;
}

/** Every code with its default texts. Where an error is thrown, message and hint may be more precise. */
export const errorRegistry = {
  invalid_arguments: {
    message: 'The arguments do not fit this tool; nothing was sent to AWS.',
    hint: 'Correct the members named above and call the tool again.',
    retryable: false,
  },
  bad_request: {
    message: 'AWS refused the request as invalid; nothing was changed.',
    hint: 'Compare the arguments with what get_backend shows of this environment, correct them, and call again.',
    retryable: false,
  },
  pending_job: {
    message: 'AWS refused the request because another job of this app has not finished; nothing was changed.',
    hint: 'Find the blocking job with list_backend_jobs, wait for it with wait_for_job, then call again.',
    retryable: false,
  },
  stack_in_the_way: {
    message: 'A CloudFormation stack of this environment blocks the call; nothing was sent.',
    hint: 'Wait until CloudFormation has ended, or do what the message says about the stack; then call again.',
    retryable: false,
  },
  in_migration: {
    message:
      'The environment is on its way to Gen 2, and this write would harm the migration; nothing was sent to AWS.',
    hint: "Show the person what the message names, and the next step of AWS's migration. Only a person can let it through, by the server's setting allowMigrated.",
    retryable: false,
  },
  not_found: {
    message: 'AWS knows no such app, environment, resource, job or token.',
    hint: 'Check the ids: get_backend lists the environments of an app, and the meta of an environment names its resources.',
    retryable: false,
  },
  throttled: {
    message: 'AWS throttled the request; nothing was done.',
    hint: 'Wait some seconds, then send the same call again.',
    retryable: true,
  },
  busy: {
    message: 'Too many calls are waiting for this AWS account; nothing was sent.',
    hint: 'Wait some seconds, then send the same call again.',
    retryable: true,
  },
  service_unavailable: {
    message: 'AWS could not answer this read.',
    hint: 'Nothing was changed. Send the same call again after some seconds.',
    retryable: true,
  },
  outcome_unknown: {
    message: 'The answer to this write was lost: it may have been done or not.',
    hint: 'Do not send it again yet. Check first: list_backend_jobs for a job of this operation, get_backend for the environment.',
    retryable: false,
  },
  service_reported_error: {
    message: 'AWS answered 200, but the answer carries an error: the operation failed.',
    hint: "Read AWS's words, and check the present state with get_backend and list_backend_jobs before you try again.",
    retryable: false,
  },
  credentials_missing: {
    message: 'The server found no AWS credentials.',
    hint: 'Ask the person to give the server credentials (for example: aws configure, or aws sso login --profile NAME and the setting profile). On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  credentials_expired: {
    message: "The server's AWS credentials have expired.",
    hint: 'Ask the person to renew them (for example: aws sso login), then send the same call again. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  credentials_refused: {
    message: "AWS refused the server's credentials or their signature.",
    hint: 'Ask the person to check the access key, the secret and the region that the server uses. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  clock_skew: {
    message: "AWS refused the signature because the server's clock is wrong by minutes.",
    hint: 'Ask the person to set the clock of the machine that runs this server. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  access_denied: {
    message: "The server's AWS identity may not do this.",
    hint: 'Ask the person to grant the IAM action, or choose a tool that does not need it. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  region_missing: {
    message: 'The server has no AWS region.',
    hint: 'Ask the person to set one: flag --region, environment variable AWS_REGION, or region in the AWS profile. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  not_sent: {
    message:
      'Nothing was sent to AWS: the request could not be prepared, or no connection could be established.',
    hint: 'Ask the person to check the network, the region, AWS_ENDPOINT_URL and the proxy. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: false,
  },
  unreachable: {
    message: 'The request did not reach AWS; nothing was done.',
    hint: 'Ask the person to check the network, the region and AWS_ENDPOINT_URL, then send the same call again. On the machine of the server, amplify-backend-mcp doctor shows more.',
    retryable: true,
  },
  policy_denied: {
    message: 'The configuration of this server does not allow this; nothing was sent to AWS.',
    hint: 'Do not try another way. Tell the person which setting refused the call, and that they can change it.',
    retryable: false,
  },
  confirmation_required: {
    message: 'A person must confirm this first; it was not sent to AWS.',
    hint: 'Show the plan to the person as it is. Only when they agree, call again with the same arguments and confirmationToken.',
    retryable: false,
  },
  confirmation_unavailable: {
    message:
      'A person must confirm this in a form, and this client cannot show one; nothing was sent to AWS.',
    hint: 'Show the plan to the person as it is. They can use a client that shows forms, or type amplify-backend-mcp call with this tool and these arguments in a terminal; or the operator of this server sets confirmBy to form-or-token.',
    retryable: false,
  },
  confirmation_declined: {
    message: 'The person declined; nothing was sent to AWS.',
    hint: 'Do not ask for the same again. Ask the person what they want instead.',
    retryable: false,
  },
  confirmation_cancelled: {
    message: 'The person closed the question without an answer; nothing was sent to AWS.',
    hint: 'Ask the person whether they still want this before you call again.',
    retryable: false,
  },
  confirmation_mismatch: {
    message: 'The person typed another name than the requested one; nothing was sent to AWS.',
    hint: 'Tell the person which name to type. Call again if they want to try once more.',
    retryable: false,
  },
  confirmation_invalid: {
    message: 'This confirmation has expired, was used, or belongs to another call; nothing was sent to AWS.',
    hint: 'Call again without it to get a new plan, and show that plan to the person.',
    retryable: false,
  },
  confirmation_used: {
    message:
      'A person answered this question before: the call may have been made, and may be done or running. Nothing more was sent to AWS.',
    hint: 'Do not ask for the same again before you know: look at list_backend_jobs and describe_environment.',
    retryable: false,
  },
  store_unavailable: {
    message: 'The store that the replicas of this server share cannot be reached; nothing was sent to AWS.',
    hint: 'Send the same call again after some seconds. If it still fails, ask the person to check the Redis of this server.',
    retryable: true,
  },
  audit_unavailable: {
    message: 'The audit line could not be written, so nothing was sent to AWS.',
    hint: 'Ask the person to check the file that the setting auditFile names: its folder, its permissions, the space on its disk.',
    retryable: false,
  },
  vault_unusable: {
    message: 'The vault of this server cannot be read.',
    hint: 'Ask the person to check the settings vaultFile and vaultKey, and to type: amplify-backend-mcp vault list.',
    retryable: false,
  },
  seal_key_unusable: {
    message:
      'The key that seals task ids and confirmations cannot be used, so this server can create neither.',
    hint: 'Ask the person to check the setting sealKey. A job goes on without its task: read it with get_backend_job.',
    retryable: false,
  },
  job_failed: {
    message: 'The job ended, and AWS says that it failed.',
    hint: "Read AWS's words in job.error. Check the present state with get_backend before anything is tried again.",
    retryable: false,
  },
  job_vanished: {
    message: 'AWS no longer knows this job, although its environment is still there.',
    hint: 'How it ended is unknown. Check the present state with list_backend_jobs and get_backend.',
    retryable: false,
  },
  task_interrupted: {
    message: 'The server restarted while this was running. It does not resume such work by itself.',
    hint: 'Send the same call again: the tool reads the present state and goes on from there; nothing is started twice.',
    retryable: true,
  },
  token_expired: {
    message:
      'The access token of this work expired, and no newer token with the same rights came. Nothing more was sent to AWS.',
    hint: 'Send the same call again with a new access token: the tool reads the present state and goes on from there. After a write, check first with list_backend_jobs and get_backend.',
    retryable: true,
  },
  cancelled: {
    message: 'The call was cancelled by the client.',
    hint: 'If it was a write, check with list_backend_jobs or get_backend whether it was done before the cancellation.',
    retryable: false,
  },
  internal: {
    message: 'The server failed unexpectedly.',
    hint: "This is a defect of the server. Ask the person to check the server's log on stderr.",
    retryable: false,
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the registry. */
export type ErrorCode = keyof typeof errorRegistry;

/** What a failed call carries as `structuredContent.error`. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  /** AWS's own id of the request, to be quoted to AWS support. */
  readonly requestId?: string;
}

interface ErrorDetails {
  readonly message?: string;
  readonly hint?: string;
  /** In place of what the registry says of the code. */
  readonly retryable?: boolean;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** A failure with a code of the registry. Every room throws these. */
export class ServerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly requestId: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const entry = errorRegistry[code];
    super(details.message ?? entry.message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ServerError';
    this.code = code;
    this.hint = details.hint ?? entry.hint;
    this.retryable = details.retryable ?? entry.retryable;
    this.requestId = details.requestId;
  }

  /** The facts that reach a client; never the cause. */
  facts(): ErrorFacts {
    const { code, message, hint, retryable, requestId } = this;
    return { code, message, hint, retryable, ...(requestId === undefined ? {} : { requestId }) };
  }
}

/** What Node says of a file that is gone; the program loads parts of itself when they are first needed. */
const isLostFile = (thrown: unknown) => Object(thrown).code === 'ERR_MODULE_NOT_FOUND';

/**
 * Converts anything thrown to a ServerError. An unknown failure becomes `internal`, and clients do not see its text.
 */
export function toServerError(thrown: unknown): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const details = isLostFile(thrown) && {
    message: 'The server could not load one of its own files.',
    hint: 'An update may have replaced the files of the running server: ask the person to restart it. If the call was a write, check with list_backend_jobs or get_backend whether it was done.',
  };
  return new ServerError('internal', { ...details, cause: thrown });
}
