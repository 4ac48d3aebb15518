/** The URIs of the resources: their templates, and what a URI that fits one of them names. */
import { UriTemplate } from '@modelcontextprotocol/server';
import type { PlaceAddress } from '../call/environment-view.ts';
import {
  APP_URI_TEMPLATE,
  ENVIRONMENT_URI_TEMPLATE,
  type EnvironmentAddress,
  JOB_URI_TEMPLATE,
  type JobAddress,
  SNAPSHOT_URI_TEMPLATE,
} from '../jobs/job.ts';

/** By what they name. */
export const uriTemplates = {
  app: new UriTemplate(APP_URI_TEMPLATE),
  environment: new UriTemplate(ENVIRONMENT_URI_TEMPLATE),
  job: new UriTemplate(JOB_URI_TEMPLATE),
  snapshot: new UriTemplate(SNAPSHOT_URI_TEMPLATE),
} as const;

/** What a URI names; the ids are not checked. */
export type Named =
  | { readonly kind: 'job'; readonly address: JobAddress }
  | { readonly kind: 'snapshot'; readonly address: EnvironmentAddress }
  | { readonly kind: 'place'; readonly address: PlaceAddress };

function idsOf(template: UriTemplate, uri: string): Record<string, string> | undefined {
  try {
    const variables = template.match(uri);
    if (!variables) return undefined;
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, decodeURIComponent(String(value))]),
    );
  } catch {
    // Encoded in no known way: it names nothing.
    return undefined;
  }
}

/** The longest that a URI of ours can be, with every character of its ids encoded, is shorter. */
const LONGEST_URI = 1_000;

/** Reads a URI; undefined where it fits no template. */
export function parseUri(uri: string): Named | undefined {
  if (uri.length > LONGEST_URI) return undefined;
  const job = idsOf(uriTemplates.job, uri);
  if (job) return { kind: 'job', address: job as unknown as JobAddress };
  const snapshot = idsOf(uriTemplates.snapshot, uri);
  if (snapshot) return { kind: 'snapshot', address: snapshot as unknown as EnvironmentAddress };
  const place = idsOf(uriTemplates.environment, uri) ?? idsOf(uriTemplates.app, uri);
  return place && { kind: 'place', address: place as unknown as PlaceAddress };
}
