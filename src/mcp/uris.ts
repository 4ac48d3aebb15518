/** The URIs of the resources: their templates, and what a URI that fits one of them names. */
import { UriTemplate } from '@modelcontextprotocol/server';
import type { PlaceAddress } from '../execute/place-view.ts';
import {
  APP_URI_TEMPLATE,
  ENVIRONMENT_URI_TEMPLATE,
  JOB_URI_TEMPLATE,
  type JobAddress,
} from '../jobs/job.ts';

/** By what they name. */
export const uriTemplates = {
  app: new UriTemplate(APP_URI_TEMPLATE),
  environment: new UriTemplate(ENVIRONMENT_URI_TEMPLATE),
  job: new UriTemplate(JOB_URI_TEMPLATE),
} as const;

/** What a URI names; the ids are not checked. */
export type Named =
  | { readonly job: JobAddress; readonly place?: never }
  | { readonly place: PlaceAddress; readonly job?: never };

function idsOf(template: UriTemplate, uri: string): Record<string, string> | undefined {
  try {
    const variables = template.match(uri);
    if (!variables) return undefined;
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, decodeURIComponent(String(value))]),
    );
  } catch {
    // Longer than any URI, or encoded in no known way: it names nothing.
    return undefined;
  }
}

/** Reads a URI; undefined where it fits no template. */
export function parseUri(uri: string): Named | undefined {
  const job = idsOf(uriTemplates.job, uri);
  if (job) return { job: job as unknown as JobAddress };
  const place = idsOf(uriTemplates.environment, uri) ?? idsOf(uriTemplates.app, uri);
  return place && { place: place as unknown as PlaceAddress };
}
