/**
 * Inspects a target for a diagnosis: the source of its keys, whether AmplifyBackend answers, AWS's clock, and the permitted
 * actions. It only reads, and a refusal is a result instead of an error.
 */
import {
  AmplifyBackendClient,
  GetBackendCommand,
  ListS3BucketsCommand,
} from '@aws-sdk/client-amplifybackend';
import type { HttpRequest } from '@smithy/types';
import { type ErrorCode, ServerError } from '../errors.ts';
import { serviceFailure } from './credential-failures.ts';
import { explainUnsent } from './explain-unsent.ts';
import { ForeignAnswer, refuseForeignAnswers } from './foreign-answer.ts';
import type { IdentityOptions } from './identity.ts';
import { openNetwork } from './network.ts';
import { findProfile, type Profile } from './profiles.ts';
import { fromEnvironment } from './shared-files.ts';

/** The reads that can be tried without an app. */
export type ProbedAction = 'amplifybackend:GetBackend' | 'amplifybackend:ListS3Buckets';

/** The result of one read. */
export interface Probe {
  readonly outcome: 'permitted' | 'denied' | ErrorCode;
  /** What an outcome that is a code means, with what to do. */
  readonly failure?: ServerError;
  /** The host that was asked. */
  readonly host?: string | undefined;
  /** AWS's clock when it answered, and this machine's, in epoch milliseconds. */
  readonly clocks?: { readonly aws: number; readonly here: number };
}

/** A profile, and whether the environment also has keys, which the SDK then leaves unused. */
export type InspectedProfile = Profile & { readonly leavesKeysUnused: boolean };

/** The inspection of a target. */
export interface Inspection {
  /** The profile that the chain reads; undefined if keys are given instead. */
  profile(): Promise<InspectedProfile | undefined>;
  /** @throws ServerError */
  credentials(): Promise<{ readonly source: string; readonly expiration?: Date }>;
  /** Tries a read. @throws ServerError if there are no credentials or no region */
  probe(action: ProbedAction): Promise<Probe>;
  /** The actions that IAM's policy simulator denies this identity; undefined if the identity may not use it. */
  simulate(arn: string, actions: readonly string[]): Promise<readonly string[] | undefined>;
}

interface InspectionOptions extends IdentityOptions {
  readonly usesChain: boolean;
}

/** A well-formed app id that does not exist. */
const NO_APP = 'd0doesnotexist';
const ANSWER_MS = 10_000;

const originOf = ({ protocol, hostname, port }: HttpRequest) =>
  `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;

/** The identity to simulate: for a session, its role. Undefined for identities without policies. */
function policySource(arn: string): string | undefined {
  const [, partition, account, role] = /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (role) return `arn:${partition}:iam::${account}:role/${role}`;
  return /:iam::\d+:(user|role)\//.test(arn) ? arn : undefined;
}

function outcomeOf(thrown: unknown): Pick<Probe, 'outcome' | 'failure'> {
  const failure = serviceFailure(thrown);
  if (thrown instanceof ServerError || thrown instanceof ForeignAnswer)
    return { outcome: failure.code, failure };
  const { name = '', $metadata } = thrown as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  const isAboutKeys = /Signature|Token|UnrecognizedClient|InvalidAccessKeyId|Skewed/.test(name);
  if (status === 403 && !isAboutKeys) return { outcome: 'denied' };
  // AWS checks permissions before it reads the app, so any error about the app means that the action is permitted.
  if (status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status))
    return { outcome: 'permitted' };
  return { outcome: failure.code, failure };
}

async function inspectProfile(given: string | undefined): Promise<InspectedProfile> {
  const found = await findProfile(given);
  const hasKeys = await fromEnvironment(env => Boolean(env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY));
  return { ...found, leavesKeysUnused: found.namedBy !== undefined && hasKeys };
}

/** Creates the inspection of one target. */
export function createInspection(options: InspectionOptions): Inspection {
  const { credentials, region, profile, userAgent } = options;
  const clientSettings = async (service: string) => ({
    region: await region(),
    ...(profile && { profile }),
    credentials: credentials.provider,
    customUserAgent: userAgent,
    maxAttempts: 1,
    ...(await openNetwork(options, service, ANSWER_MS)),
  });
  return {
    profile: async () => (options.usesChain ? inspectProfile(options.profile) : undefined),

    async credentials() {
      const source = await credentials.source();
      const { expiration } = await credentials.provider();
      return { source, ...(expiration && { expiration }) };
    },

    async probe(action) {
      const settings = await clientSettings('AmplifyBackend');
      const client = new AmplifyBackendClient(settings);
      client.middlewareStack.use(refuseForeignAnswers('json'));
      client.middlewareStack.use(explainUnsent({ ...options, region: settings.region }, 'AmplifyBackend'));
      let clocks: Probe['clocks'];
      let host: string | undefined;
      client.middlewareStack.add(
        next => async args => {
          host = originOf(args.request as HttpRequest);
          const result = await next(args);
          const { headers = {} } = result.response as { headers?: Record<string, string> };
          const aws = Date.parse(headers.date ?? '');
          if (!Number.isNaN(aws)) clocks = { aws, here: Date.now() };
          return result;
        },
        // Low priority runs before the SDK's reading of errors, so that a refusal's clock is recorded too.
        { step: 'deserialize', priority: 'low' },
      );
      try {
        if (action === 'amplifybackend:ListS3Buckets') await client.send(new ListS3BucketsCommand({}));
        else await client.send(new GetBackendCommand({ AppId: NO_APP }));
        return { outcome: 'permitted', host, ...(clocks && { clocks }) };
      } catch (thrown) {
        if (thrown instanceof ServerError && thrown.code !== 'not_sent') throw thrown;
        return { ...outcomeOf(thrown), host, ...(clocks && { clocks }) };
      } finally {
        client.destroy();
      }
    },

    async simulate(arn, actions) {
      const source = policySource(arn);
      if (source === undefined) return undefined;
      const { IAMClient, SimulatePrincipalPolicyCommand } = await import('@aws-sdk/client-iam');
      const client = new IAMClient(await clientSettings('IAM'));
      const denied: string[] = [];
      try {
        let marker: string | undefined;
        do {
          const answer = await client.send(
            new SimulatePrincipalPolicyCommand({
              PolicySourceArn: source,
              ActionNames: [...actions],
              ...(marker && { Marker: marker }),
            }),
          );
          for (const { EvalActionName: name, EvalDecision: decision } of answer.EvaluationResults ?? [])
            if (name && decision !== 'allowed') denied.push(name);
          marker = answer.IsTruncated ? answer.Marker : undefined;
        } while (marker);
        return denied;
      } catch {
        // Few identities may use the simulator, which says nothing about their other permissions.
        return undefined;
      } finally {
        client.destroy();
      }
    },
  };
}
