/**
 * The sandbox's STS, on the same port as AmplifyBackend: GetCallerIdentity and AssumeRole. All services of the sandbox
 * accept the credentials of AssumeRole until they expire.
 */
import { xmlTime } from '../query.ts';
import type { QueryCall, QueryContext, QueryService } from '../query-service.ts';
import { ServiceError } from '../service-error.ts';
import { findAssumableRole, type Principal, sessionPrincipal } from './roles.ts';
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

type Call = QueryCall<QueryContext>;

function denied({ caller }: Call, action: string, roleArn: string): ServiceError {
  const message = `User: ${caller.principal.arn} is not authorized to perform: ${action} on resource: ${roleArn}`;
  return refusal('AccessDenied', message, 403);
}

/** The tags of a request, as `Tags.member.1.Key` and `.Value`. */
function tagsOf(parameters: Call['parameters']): Readonly<Record<string, string>> | undefined {
  const tags: Record<string, string> = {};
  for (let at = 1; parameters.has(`Tags.member.${at}.Key`); at++) {
    const key = parameters.get(`Tags.member.${at}.Key`) ?? '';
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key)) throw invalid(`Tag key ${at} is malformed`);
    tags[key] = parameters.get(`Tags.member.${at}.Value`) ?? '';
  }
  return Object.keys(tags).length === 0 ? undefined : tags;
}

/** The source identity and the tags that a session gets. A source identity stays with all sessions after it. */
function marksOf(call: Call, roleArn: string): Pick<Principal, 'sourceIdentity' | 'sessionTags'> {
  const { context, caller, parameters } = call;
  const { values } = context.settings;
  const asked = parameters.get('SourceIdentity');
  const kept = caller.principal.sourceIdentity;
  if (asked !== undefined && !/^[\w+=,.@-]{2,64}$/.test(asked)) throw invalid('SourceIdentity is malformed');
  if (asked !== undefined && kept !== undefined && asked !== kept)
    throw refusal('AccessDenied', 'The source identity of a session cannot be changed', 403);
  const sourceIdentity = asked ?? kept;
  if (sourceIdentity !== undefined && values.sourceIdentity === 'refused')
    throw denied(call, 'sts:SetSourceIdentity', roleArn);
  const sessionTags = tagsOf(parameters);
  if (sessionTags !== undefined && values.sessionTags === 'refused')
    throw denied(call, 'sts:TagSession', roleArn);
  return { ...(sourceIdentity !== undefined && { sourceIdentity }), ...(sessionTags && { sessionTags }) };
}

const actions: QueryService<QueryContext>['actions'] = {
  GetCallerIdentity: ({ caller: { principal } }) => ({
    Arn: principal.arn,
    UserId: principal.userId,
    Account: principal.account,
  }),
  AssumeRole: call => {
    const { context, caller, parameters } = call;
    const { sessions, now } = context;
    const roleArn = parameters.get('RoleArn');
    const sessionName = parameters.get('RoleSessionName') ?? '';
    if (roleArn === undefined) throw invalid('RoleArn is missing');
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid('RoleSessionName is missing or malformed');
    const duration = durationOf(parameters.get('DurationSeconds'), caller);
    // An unknown role and a role that may not be assumed get the same error: AWS does not reveal which roles exist.
    const role = findAssumableRole(roleArn, parameters.get('ExternalId'));
    if (!role) {
      throw denied(call, 'sts:AssumeRole', roleArn);
    }
    const marks = marksOf(call, roleArn);
    // STS uses whole seconds.
    const expiresAt = Math.floor(now() / 1000 + duration) * 1000;
    const session = sessions.open(sessionPrincipal(role, sessionName, marks), expiresAt);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: xmlTime(expiresAt).replace('.000Z', 'Z'),
      },
      ...(marks.sourceIdentity !== undefined && { SourceIdentity: marks.sourceIdentity }),
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
