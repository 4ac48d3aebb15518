/**
 * Guests reach files by two settings: the permissions of the storage, and the AWS credentials that auth gives them. A
 * change of one is told with what the other has.
 */
import { toServerError } from '../../errors.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { readOn } from '../shared/read.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { type Current, findSettings } from './current.ts';
import type { Decision } from './decide.ts';

const LOGIN = 'auth.identityPoolConfigs.unauthenticatedLogin';

/** What is known of a category: its settings, that there is none, or nothing. */
type Known = Json | 'none' | 'unknown';

/** What the other category has, or will have by the same call. @throws ServerError cancelled */
async function settingsOf(
  context: ToolContext,
  { target, ...ref }: EnvironmentRef,
  { environment }: Current,
  category: Category,
  decisions: readonly Decision[],
): Promise<Known> {
  const decision = decisions.find(one => one.category === category);
  if (decision) return objectOf(decision.args.resourceConfig);
  try {
    return (await findSettings(readOn(context, target), ref, category, environment)) ?? 'none';
  } catch (thrown) {
    if (toServerError(thrown).code === 'cancelled') throw thrown;
    return 'unknown';
  }
}

const guestsMay = ({ permissions }: Json): readonly unknown[] => {
  const { unAuthenticated } = objectOf(permissions);
  return Array.isArray(unAuthenticated) ? unAuthenticated : [];
};

const givesCredentials = ({ authResources, identityPoolConfigs }: Json) =>
  authResources !== 'USER_POOL_ONLY' && objectOf(identityPoolConfigs).unauthenticatedLogin === true;

function afterOpening(auth: Known, environment: string): string | undefined {
  const need = 'Guests reach files only where they get AWS credentials:';
  if (auth === 'none') return `${need} ${quoteName(environment)} has no auth.`;
  if (auth === 'unknown') return `${need} ${LOGIN}, which get_backend_auth shows.`;
  return givesCredentials(auth)
    ? undefined
    : `${need} ${LOGIN} is not true in ${quoteName(environment)}, so they still reach none. State it in the same call.`;
}

function afterClosing(storage: Known): string | undefined {
  if (storage === 'none') return undefined;
  const may = storage === 'unknown' ? [] : guestsMay(storage);
  if (storage !== 'unknown' && may.length === 0) return undefined;
  const what =
    storage === 'unknown' ? 'whatever storage.permissions lets them do' : may.map(String).join(', ');
  return `Guests get no AWS credentials any more, so they reach no file: the storage still says ${what} for them (storage.permissions.unAuthenticated).`;
}

/** The decisions, with what a change for guests means. @throws ServerError cancelled */
export async function withGuestNotes(
  context: ToolContext,
  ref: EnvironmentRef,
  current: Current,
  decisions: readonly Decision[],
): Promise<Decision[]> {
  const noted: Decision[] = [];
  for (const decision of decisions) {
    const { category, changes, args, notes } = decision;
    const known = (other: Category) => settingsOf(context, ref, current, other, decisions);
    const config = objectOf(args.resourceConfig);
    const before = objectOf(current.existing[category]?.config);
    const opens = category === 'storage' && guestsMay(config).length > 0 && guestsMay(before).length === 0;
    const closes = category === 'auth' && givesCredentials(before) && !givesCredentials(config);
    const note = opens
      ? afterOpening(await known('auth'), ref.backendEnvironmentName)
      : closes
        ? afterClosing(await known('storage'))
        : undefined;
    noted.push(
      note === undefined || changes.length === 0 ? decision : { ...decision, notes: [...notes, note] },
    );
  }
  return noted;
}
