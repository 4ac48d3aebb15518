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
export type Named =
  | { readonly kind: 'job'; readonly address: JobRef }
  | { readonly kind: 'snapshot'; readonly address: EnvironmentRef }
  | { readonly kind: 'place'; readonly address: AppOrEnvironmentRef };

/** The ids that stand in a URI for the variables of its template, under their names; undefined where it does not fit. */
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

/** The longest that a URI of ours can be, with every character of its ids encoded, is shorter. */
const LONGEST_URI = 1_000;

/** Reads a URI; undefined where it fits no template. */
export function parseUri(uri: string): Named | undefined {
  if (uri.length > LONGEST_URI) return undefined;
  const job = idsIn(uri, uriTemplates.job, 'appId', 'backendEnvironmentName', 'jobId');
  if (job) return { kind: 'job', address: job };
  const snapshot = idsIn(uri, uriTemplates.snapshot, 'appId', 'backendEnvironmentName');
  if (snapshot) return { kind: 'snapshot', address: snapshot };
  const place =
    idsIn(uri, uriTemplates.environment, 'appId', 'backendEnvironmentName') ??
    idsIn(uri, uriTemplates.app, 'appId');
  return place && { kind: 'place', address: place };
}
