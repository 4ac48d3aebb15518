/** What an inventory could not read, grouped so that one missing permission gives one sentence. */
import type { ServerError } from '../../errors.ts';
import { findDenial } from '../../lib/access-denial.ts';
import { quoteName } from '../../lib/quote.ts';

/** A read that failed. */
export interface Gap {
  /** What it would have read: "branches". */
  readonly what: string;
  readonly target: string | undefined;
  readonly appId?: string | undefined;
  /** The app's name. */
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
  /** `amplify:ListBranches` */
  readonly iamAction: string;
}

export interface Gaps {
  add(gap: Gap, failure: ServerError): void;
  /** A sentence for each kind of failure. */
  sentences(): string[];
}

/** Subjects that a sentence names. */
const MOST_NAMED = 5;

function whyText({ code, message }: ServerError, iamAction: string): string {
  if (code !== 'access_denied') return `${code} on ${iamAction}`;
  const denial = findDenial(message);
  return denial ? `${iamAction} is denied by ${denial.by}` : `it needs the IAM action ${iamAction}`;
}

function subjectOf({ target, appId, name, environment }: Gap): string {
  const app = name ?? appId;
  const parts = [target, app, environment].filter(part => part !== undefined);
  return parts.map(part => quoteName(part, 60)).join('/');
}

export function createGaps(): Gaps {
  const found = new Map<string, { readonly gap: Gap; readonly why: string; readonly subjects: string[] }>();
  return {
    add(gap, failure) {
      const why = whyText(failure, gap.iamAction);
      const key = JSON.stringify([gap.what, why]);
      const known = found.get(key) ?? { gap, why, subjects: [] };
      known.subjects.push(subjectOf(gap));
      found.set(key, known);
    },
    sentences: () =>
      [...found.values()].map(({ gap: { what }, why, subjects }) => {
        const named = subjects.filter(subject => subject !== '').slice(0, MOST_NAMED);
        const more = subjects.length > MOST_NAMED ? ` and ${subjects.length - MOST_NAMED} more` : '';
        return `Not read: ${what}${named.length > 0 ? ` of ${named.join(', ')}${more}` : ''} (${why}).`;
      }),
  };
}
