/**
 * Guests need two settings to reach files: the permissions of the storage, and AWS credentials from auth. The note on a
 * change of one setting therefore says what the other one is.
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

/** The settings of a category, or `none` where the environment has no such category. */
type Known = Json | 'none' | 'unknown';

/** The settings of a category after this call: those that it sends, or else the present ones. @throws ServerError cancelled */
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

const guestPermissions = ({ permissions }: Json): readonly unknown[] => {
  const { unAuthenticated } = objectOf(permissions);
  return Array.isArray(unAuthenticated) ? unAuthenticated : [];
};

const givesCredentials = ({ authResources, identityPoolConfigs }: Json) =>
  authResources !== 'USER_POOL_ONLY' && objectOf(identityPoolConfigs).unauthenticatedLogin === true;

function noteOnOpening(auth: Known, environment: string): string | undefined {
  const need = 'Guests reach files only where they get AWS credentials:';
  if (auth === 'none') return `${need} ${quoteName(environment)} has no auth.`;
  if (auth === 'unknown') return `${need} ${LOGIN}, which get_backend_auth shows.`;
  return givesCredentials(auth)
    ? undefined
    : `${need} ${LOGIN} is not true in ${quoteName(environment)}, so they still reach none. State it in the same call.`;
}

function noteOnClosing(storage: Known): string | undefined {
  if (storage === 'none') return undefined;
  const may = storage === 'unknown' ? [] : guestPermissions(storage);
  if (storage !== 'unknown' && may.length === 0) return undefined;
  const what =
    storage === 'unknown' ? 'whatever storage.permissions lets them do' : may.map(String).join(', ');
  return `Guests no longer get AWS credentials, so they cannot reach any file. The storage still lists ${what} for them (storage.permissions.unAuthenticated).`;
}

/** Adds a note to the decisions that open files to guests or close them. @throws ServerError cancelled */
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
    const opens =
      category === 'storage' && guestPermissions(config).length > 0 && guestPermissions(before).length === 0;
    const closes = category === 'auth' && givesCredentials(before) && !givesCredentials(config);
    const note = opens
      ? noteOnOpening(await known('auth'), ref.backendEnvironmentName)
      : closes
        ? noteOnClosing(await known('storage'))
        : undefined;
    noted.push(
      note === undefined || changes.length === 0 ? decision : { ...decision, notes: [...notes, note] },
    );
  }
  return noted;
}
