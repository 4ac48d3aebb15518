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

function idsOf(template: UriTemplate, uri: string): Record<string, string> | undefined {
  try {
    const variables = template.match(uri);
    if (!variables) return undefined;
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, decodeURIComponent(String(value))]),
    );
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
  const job = idsOf(uriTemplates.job, uri);
  if (job) return { kind: 'job', address: job as unknown as JobRef };
  const snapshot = idsOf(uriTemplates.snapshot, uri);
  if (snapshot) return { kind: 'snapshot', address: snapshot as unknown as EnvironmentRef };
  const place = idsOf(uriTemplates.environment, uri) ?? idsOf(uriTemplates.app, uri);
  return place && { kind: 'place', address: place as unknown as AppOrEnvironmentRef };
}
