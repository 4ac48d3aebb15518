/** The words for a plan on its buttons and in the chat. They state only what the request says. */
import type { Plan } from '../answers.ts';
import { nameText, operationText } from '../text.ts';
import { environmentsOf } from './plan-jobs.ts';
import { deletionOf } from './plan-parts.ts';

/** What each operation deletes that keeps the environment itself. */
const PARTS: Readonly<Record<string, string>> = {
  DeleteBackendAPI: 'the API',
  DeleteBackendAuth: 'the auth',
  DeleteBackendStorage: 'the storage',
};

export interface PlanWords {
  /** On the button. */
  readonly approve: string;
  readonly keep: string;
  /** After "Type dev". */
  readonly typeTo: string;
}

const listText = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function deletionWords(plan: Plan, type: string): Omit<PlanWords, 'keep'> | undefined {
  const { operation = '', body = {} } = plan.request ?? {};
  const part = PARTS[operation];
  const name = (value: unknown) => nameText(value, 40);
  const whole = name(plan.app?.name ?? plan.app?.id ?? type);
  if (operation === 'DeleteBackend') {
    const all = [...environmentsOf(plan)];
    if (all.length < 2) return { approve: `Delete ${name(type)}`, typeTo: 'to delete it' };
    const shown = all.length > 3 ? `all ${all.length} environments` : listText(all.map(name));
    return { approve: `Delete ${shown}`, typeTo: all.length === 2 ? 'to delete both' : 'to delete them all' };
  }
  if (part !== undefined) {
    const resource = body.resourceName === undefined ? '' : ` ${name(body.resourceName)}`;
    return {
      approve: `Delete ${part}${resource} of ${name(plan.environment ?? type)}`,
      typeTo: 'to confirm',
    };
  }
  if (operation === 'RemoveAllBackends')
    return {
      approve:
        body.cleanAmplifyApp === true
          ? `Delete the app ${whole} and all its environments`
          : `Delete all environments of ${whole}`,
      typeTo: 'to confirm',
    };
  if (operation === 'RemoveBackendConfig')
    return { approve: `Remove the Admin UI of ${whole}`, typeTo: 'to confirm' };
  if (operation === 'DeleteToken') return { approve: `Revoke the token of ${whole}`, typeTo: 'to confirm' };
  return undefined;
}

export function planWords(plan: Plan, type: string): PlanWords {
  const { isDeletion } = deletionOf(plan);
  const words = deletionWords(plan, type);
  if (words) return { ...words, keep: 'Keep' };
  // Any other write that also deletes something: the button names the operation, and the plan lists what is deleted.
  return isDeletion
    ? { approve: operationText(plan.request?.operation ?? 'Approve'), keep: 'Keep', typeTo: 'to confirm' }
    : { approve: 'Approve', keep: 'Do nothing', typeTo: 'to approve this' };
}

/** How messages to the chat name the plan. */
export const planName = (plan: Plan, type: string): string =>
  ['DeleteBackend', undefined].includes(plan.request?.operation)
    ? JSON.stringify(type)
    : `${JSON.stringify(operationText(plan.request?.operation))} of ${JSON.stringify(type)}`;
