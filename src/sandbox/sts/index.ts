/**
 * The sandbox's STS, on the same port as AmplifyBackend: GetCallerIdentity and AssumeRole. All services of the sandbox
 * accept the credentials of AssumeRole until they expire.
 */
import { xmlTime } from '../query.ts';
import type { QueryContext, QueryService } from '../query-service.ts';
import { ServiceError } from '../service-error.ts';
import { findAssumableRole, sessionPrincipal } from './roles.ts';
import type { SigningKeys } from './sessions.ts';

const defaultSeconds = 3600;
const durationLimits = { least: 900, most: 43_200, mostChained: 3600 };

const refusal = (name: string, message: string, status = 400) => new ServiceError(status, name, message);
const invalid = (message: string) => refusal('ValidationError', message);

function durationOf(text: string | undefined, caller: SigningKeys): number {
  const duration = Number(text ?? defaultSeconds);
  if (!Number.isInteger(duration) || duration < durationLimits.least || duration > durationLimits.most)
    throw invalid(`DurationSeconds must be between ${durationLimits.least} and ${durationLimits.most}`);
  if (caller.sessionToken !== undefined && duration > durationLimits.mostChained)
    throw invalid('DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  return duration;
}

const actions: QueryService<QueryContext>['actions'] = {
  GetCallerIdentity: ({ caller: { principal } }) => ({
    Arn: principal.arn,
    UserId: principal.userId,
    Account: principal.account,
  }),
  AssumeRole: ({ context: { sessions, now }, caller, parameters }) => {
    const roleArn = parameters.get('RoleArn');
    const sessionName = parameters.get('RoleSessionName') ?? '';
    if (roleArn === undefined) throw invalid('RoleArn is missing');
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid('RoleSessionName is missing or malformed');
    const duration = durationOf(parameters.get('DurationSeconds'), caller);
    // An unknown role and a role that may not be assumed get the same error: AWS does not reveal which roles exist.
    const role = findAssumableRole(roleArn, parameters.get('ExternalId'));
    if (!role) {
      const message = `User: ${caller.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw refusal('AccessDenied', message, 403);
    }
    // STS uses whole seconds.
    const expiresAt = Math.floor(now() / 1000 + duration) * 1000;
    const session = sessions.open(sessionPrincipal(role, sessionName), expiresAt);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: xmlTime(expiresAt).replace('.000Z', 'Z'),
      },
      AssumedRoleUser: { AssumedRoleId: session.principal.userId, Arn: session.principal.arn },
    };
  },
};

export const sts: QueryService<QueryContext> = {
  name: 'sts',
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  actions,
};
