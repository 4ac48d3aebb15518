/**
 * What each status of a CloudFormation stack means for a change, a clone or a deletion of its environment, and the command
 * for a person where the stack needs one. Statuses by the `StackStatus` member of DescribeStacks in
 * the API reference; what may be done in which by "Stack status codes" and "Continue rolling back an update" of
 * CloudFormation's user guide.
 */
import { quoteName } from '../lib/quote.ts';

/** A stack. Foreign text. */
export interface StackFacts {
  readonly name: string;
  /** Its ARN, by which its region is known. */
  readonly id?: string | undefined;
  /** AWS's word: `UPDATE_ROLLBACK_FAILED` */
  readonly status: string;
}

/**
 * `steady`: it accepts changes. `at work`: CloudFormation is changing it and accepts no other change until it ends.
 * `stuck`: it accepts no change until a person acts. `gone`: it was deleted.
 */
export type StackCondition = 'steady' | 'at work' | 'stuck' | 'gone';

export interface StackState {
  readonly condition: StackCondition;
  /** Whether CloudFormation deletes a stack in this state. */
  readonly isDeletable: boolean;
  /** A clause to follow the status: "its last update failed, and so did its rollback: it accepts no update". */
  readonly means: string;
  /** What to do before a change, a sentence with the command; absent where there is nothing to do. */
  readonly nextStep?: string;
}

type Command = 'continue-update-rollback' | 'rollback-stack' | 'delete-stack';

interface Row extends Pick<StackState, 'condition' | 'means'> {
  readonly command?: Command;
}

const steady = (means: string): Row => ({ condition: 'steady', means });
const atWork = (means: string): Row => ({ condition: 'at work', means });
const stuck = (means: string, command: Command): Row => ({ condition: 'stuck', means, command });

const rows: Readonly<Record<string, Row>> = {
  CREATE_IN_PROGRESS: atWork('it is being created'),
  CREATE_FAILED: stuck('its creation failed and was not rolled back: it can only be deleted', 'delete-stack'),
  CREATE_COMPLETE: steady('it was created'),
  ROLLBACK_IN_PROGRESS: atWork('its creation failed and is being rolled back'),
  ROLLBACK_FAILED: stuck(
    'its creation failed, and so did its rollback: it can only be deleted',
    'delete-stack',
  ),
  ROLLBACK_COMPLETE: stuck(
    'its creation failed and was rolled back: it is empty, and can only be deleted',
    'delete-stack',
  ),
  DELETE_IN_PROGRESS: atWork('it is being deleted'),
  DELETE_FAILED: stuck(
    'its deletion failed: a part of it is gone, the rest still exists, and it accepts no update',
    'delete-stack',
  ),
  DELETE_COMPLETE: { condition: 'gone', means: 'it was deleted' },
  UPDATE_IN_PROGRESS: atWork('it is being updated'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: atWork(
    'it was updated, and what the update replaced is being deleted',
  ),
  UPDATE_COMPLETE: steady('it was updated'),
  UPDATE_FAILED: stuck(
    'its last update failed and was not rolled back: a part of it is new, a part is old',
    'rollback-stack',
  ),
  UPDATE_ROLLBACK_IN_PROGRESS: atWork('its last update failed and is being rolled back'),
  UPDATE_ROLLBACK_FAILED: stuck(
    'its last update failed, and so did its rollback: it accepts no update until the rollback has been continued to its end',
    'continue-update-rollback',
  ),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: atWork(
    'its last update failed and was rolled back, and what the update had created is being deleted',
  ),
  UPDATE_ROLLBACK_COMPLETE: steady('its last update failed and was rolled back: it is as it was before'),
  REVIEW_IN_PROGRESS: stuck(
    'a change set was created for it and never executed: it is empty',
    'delete-stack',
  ),
  IMPORT_IN_PROGRESS: atWork('resources are being imported into it'),
  IMPORT_COMPLETE: steady('resources were imported into it'),
  IMPORT_ROLLBACK_IN_PROGRESS: atWork('an import into it failed and is being rolled back'),
  IMPORT_ROLLBACK_FAILED: stuck(
    'an import into it failed, and so did its rollback: ask AWS Support, or delete it',
    'delete-stack',
  ),
  IMPORT_ROLLBACK_COMPLETE: steady('an import into it failed and was rolled back: it is as it was before'),
};

/** Every status that CloudFormation is known to answer. */
export const stackStatuses: readonly string[] = Object.keys(rows);

/** The meaning of an unknown status, by its ending. */
function unknownRow(status: string): Row {
  if (status.endsWith('_IN_PROGRESS')) return atWork('CloudFormation is at work on it');
  if (status.endsWith('_FAILED'))
    return { condition: 'stuck', means: "CloudFormation's last work on it failed" };
  return steady('this server does not know what this status means');
}

/** Names that a person can paste into a shell as they are. */
const isStackName = (name: string) => /^[a-z][-a-z0-9]{0,127}$/i.test(name);
const regionOf = (id: string | undefined) => /^arn:[\w-]+:cloudformation:([a-z0-9-]+):/.exec(id ?? '')?.[1];

/** The command. A name that a shell could misread is left for the person to fill in. */
function lineOf(command: Command, { name, id }: StackFacts): string {
  const region = regionOf(id);
  return [
    `aws cloudformation ${command} --stack-name ${isStackName(name) ? name : 'NAME'}`,
    ...(region === undefined ? [] : [`--region ${region}`]),
  ].join(' ');
}

const why: Readonly<Record<Command, string>> = {
  'continue-update-rollback':
    "resolve the cause of the failure (explain_job or the stack's events show it), then let a person type",
  'rollback-stack': 'let a person roll the update back by typing',
  'delete-stack': 'if what it holds is no longer needed, let a person delete it by typing',
};

function nextStepOf({ condition, command }: Row, stack: StackFacts): string | undefined {
  const named = `Stack ${quoteName(stack.name)}`;
  if (condition === 'at work')
    return `${named}: wait until CloudFormation has ended (a person or a build may be running amplify push), then check again.`;
  if (command) return `${named}: ${why[command]}: ${lineOf(command, stack)}`;
  return condition === 'stuck' ? `${named}: let a person check it in the CloudFormation console.` : undefined;
}

/** What a stack's status means. */
export function stackStateOf(stack: StackFacts): StackState {
  const { status } = stack;
  const row = Object.hasOwn(rows, status) ? (rows[status] as Row) : unknownRow(status);
  const { condition, means } = row;
  const nextStep = nextStepOf(row, stack);
  return {
    ...{ condition, means, isDeletable: condition === 'steady' || condition === 'stuck' },
    ...(nextStep !== undefined && { nextStep }),
  };
}

/** State and meaning as a clause: `stack amplify-shop-dev-10001 is UPDATE_IN_PROGRESS: it is being updated`. */
export function stackStateText(stack: StackFacts): string {
  return `stack ${quoteName(stack.name)} is ${quoteName(stack.status)}: ${stackStateOf(stack).means}`;
}
