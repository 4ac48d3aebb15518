/** The URIs of the resources: their templates, and what a URI that fits one of them names. */
import { UriTemplate } from '@modelcontextprotocol/server';
import type { AppOrEnvironmentRef } from '../call/environment-view.ts';
import {
  APP_URI_TEMPLATE,
  ENVIRONMENT_URI_TEMPLATE,
  type EnvironmentRef,
  JOB_URI_TEMPLATE,
  type JobRef,
  SNAPSHOT_URI_TEMPLATE,
} from '../jobs/job.ts';

/** The templates by the kind of their resource. */
export const uriTemplates = {
  app: new UriTemplate(APP_URI_TEMPLATE),
  environment: new UriTemplate(ENVIRONMENT_URI_TEMPLATE),
  job: new UriTemplate(JOB_URI_TEMPLATE),
  snapshot: new UriTemplate(SNAPSHOT_URI_TEMPLATE),
} as const;

/** What a URI names; the ids are not checked. */
export type ParsedUri =
  | { readonly kind: 'job'; readonly ref: JobRef }
  | { readonly kind: 'snapshot'; readonly ref: EnvironmentRef }
  | { readonly kind: 'app-or-environment'; readonly ref: AppOrEnvironmentRef };

/** The ids in a URI, by the names of its template's variables; undefined if the URI does not fit the template. */
function idsIn<Name extends keyof JobRef>(
  uri: string,
  template: UriTemplate,
  ...names: readonly Name[]
): Record<Name, string> | undefined {
  try {
    const variables = template.match(uri);
    if (!variables) return undefined;
    const ids = names.map(name => [name, decodeURIComponent(String(variables[name]))]);
    return Object.fromEntries(ids) as Record<Name, string>;
  } catch {
    // The encoding is invalid, so the URI names nothing.
    return undefined;
  }
}

/** No URI of this server is that long, even if every character of its ids is percent-encoded. */
const LONGEST_URI = 1_000;

/** Reads a URI; undefined where it fits no template. */
export function parseUri(uri: string): ParsedUri | undefined {
  if (uri.length > LONGEST_URI) return undefined;
  const job = idsIn(uri, uriTemplates.job, 'appId', 'backendEnvironmentName', 'jobId');
  if (job) return { kind: 'job', ref: job };
  const snapshot = idsIn(uri, uriTemplates.snapshot, 'appId', 'backendEnvironmentName');
  if (snapshot) return { kind: 'snapshot', ref: snapshot };
  const environmentOrApp =
    idsIn(uri, uriTemplates.environment, 'appId', 'backendEnvironmentName') ??
    idsIn(uri, uriTemplates.app, 'appId');
  return environmentOrApp && { kind: 'app-or-environment', ref: environmentOrApp };
}
