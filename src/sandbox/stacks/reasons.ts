/**
 * CloudFormation's status reasons: of a resource that fails, and of its stack and its stack's parent. Parents name only
 * what failed in them; the resource itself has the reason.
 */
import type { Stack } from './stack.ts';

/** What is done to a resource, as in the names of event statuses. */
export type Verb = 'CREATE' | 'UPDATE' | 'DELETE';

const participles: Readonly<Record<Verb, string>> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
};

/** The reason in a root stack's first event of a change. */
export const userInitiated = 'User Initiated';

/** The reason of a resource that was in progress when another one failed. */
export const cancelled = 'Resource creation cancelled';

/** The reason of a stack: the resources that failed in it. */
export function resourcesFailedTo(verb: Verb, logicalIds: readonly string[]): string {
  return `The following resource(s) failed to ${verb.toLowerCase()}: [${logicalIds.join(', ')}]. `;
}

/** The reason that a parent gives for a nested stack that failed. */
export function embeddedStackFailed(verb: Verb, nested: Stack, reason: string): string {
  const middle = verb === 'UPDATE' ? '. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason' : '';
  return `Embedded stack ${nested.id} was not successfully ${participles[verb]}${middle}: ${reason}`;
}

/** An AWS service's error in the form of CloudFormation's older resource handlers. */
const fault = (text: string, service: string, status: number, code: string) =>
  `${text} (Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: 5A4DB0C0D0004000; Proxy: null)`;

/** An AWS service's error in the form of CloudFormation's newer resource handlers. */
const handled = (text: string, service: string, code: string) =>
  `Resource handler returned message: "${text} (Service: ${service}, Status Code: 400, Request ID: 5a4db0c0-d000-4000-8000-00000000000e)" (RequestToken: 5a4db0c0-d000-4000-8000-00000000000f, HandlerErrorCode: ${code})`;

const onCreate: Readonly<Record<string, string>> = {
  'AWS::Cognito::UserPool': handled(
    'Maximum number of user pools for this account has been reached',
    'CognitoIdentityProvider',
    'ServiceLimitExceeded',
  ),
  'AWS::S3::Bucket': fault(
    'You have attempted to create more buckets than allowed',
    'Amazon S3',
    400,
    'TooManyBuckets',
  ),
  'AWS::AppSync::GraphQLApi': handled(
    'Limit exceeded: the maximum number of APIs for this account has been reached',
    'AppSync',
    'ServiceLimitExceeded',
  ),
  'AWS::Lambda::Function': handled('Code storage limit exceeded.', 'Lambda', 'ServiceLimitExceeded'),
};

const onDelete: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': fault('The bucket you tried to delete is not empty', 'Amazon S3', 409, 'BucketNotEmpty'),
  'AWS::Cognito::UserPool': fault(
    'User pool cannot be deleted. It has a domain configured that should be deleted first.',
    'AWSCognitoIdentityProviderService',
    400,
    'InvalidParameterException',
  ),
};

/** A reason that AWS could give for the failure of a resource of this type. */
export function plausibleReason(verb: Verb, type: string): string {
  const [, service = 'AWS'] = type.split('::');
  if (verb === 'DELETE') return onDelete[type] ?? handled('Resource is in use', service, 'ResourceConflict');
  const limit = handled('Resource limit exceeded', service, 'ServiceLimitExceeded');
  return verb === 'CREATE' ? (onCreate[type] ?? limit) : limit;
}
