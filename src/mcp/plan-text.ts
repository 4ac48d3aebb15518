/** A plan as text for the person who confirms it: where, what, what changes and what is deleted. */
import type { RemovedResource } from '../call/authorize/inventory.ts';
import type { Plan, PlannedConfirmation } from '../call/authorize/plan.ts';
import { quoteJson, quoteName, quoteNames } from '../lib/quote.ts';

const LONGEST_VALUE = 300;
/** Lists every line: a plan that is shown is already bounded, and says how much is left out. */
const list = (lines: readonly string[]) => lines.map(line => `- ${line}`);

function targetText({ account, arn, region, target }: Plan): string {
  const named = target === undefined ? '' : `, target ${quoteName(target)}`;
  const who = arn === undefined ? '' : ` (${quoteName(arn)})`;
  return `account ${account.startsWith('unknown') ? account : quoteName(account)}, region ${quoteName(region)}${named}${who}`;
}

/** The app and the environment that the plan is about. */
function appText({ app, environment }: Plan): string[] {
  if (!app) return [];
  const { id, name } = app;
  const named =
    name === undefined
      ? `${quoteName(id)} (its name could not be read)`
      : `${quoteName(name)} (${quoteName(id)})`;
  return [`App ${named}${environment === undefined ? '' : `, environment ${quoteName(environment)}`}`];
}

function deletedLine({ resource, service, holds, more, note }: RemovedResource): string {
  const left = more === undefined ? '' : ` and ${more} more`;
  const what = holds.length > 0 ? `: ${quoteNames(holds, holds.length)}${left}` : '';
  const reason = note === undefined ? '' : ` — ${note}`;
  return `- ${quoteName(resource)} (${quoteName(service)})${what}${reason}`;
}

function deletedText(confirmation: PlannedConfirmation): string[] {
  const { goes = {}, moreGoes, notItemized = [], moreNotItemized, alsoGoes = [] } = confirmation;
  const lines = [
    ...Object.entries(goes).flatMap(([environment, resources]) => [
      `Environment ${quoteName(environment)}:`,
      ...(resources.length === 0 ? ['- nothing that holds data'] : resources.map(deletedLine)),
    ]),
    ...notItemized.map(
      name => `Environment ${quoteName(name)}: everything that it has, which cannot be listed (see below)`,
    ),
    ...(moreNotItemized === undefined
      ? []
      : [`and ${moreNotItemized} more environments, whose contents cannot be listed`]),
    ...(moreGoes === undefined ? [] : [`and ${moreGoes} more resources, which are not shown`]),
    ...list(alsoGoes),
  ];
  return lines.length > 0 ? ['This is deleted, with its data:', ...lines] : [];
}

const valueText = (value: unknown) =>
  value === null
    ? 'none'
    : typeof value === 'string'
      ? quoteName(value, LONGEST_VALUE)
      : quoteJson(value, LONGEST_VALUE);

function changesText({ changes = [], moreChanges }: Plan): string[] {
  const lines = changes.map(({ path, before, after }) => {
    const was = before === undefined ? '' : `${valueText(before)} → `;
    return `- ${quoteName(path)}: ${was}${valueText(after)}`;
  });
  const more = moreChanges === undefined ? [] : [`and ${moreChanges} more changes, which are not shown`];
  return lines.length > 0 ? ['This is requested:', ...lines, ...more] : [];
}

export function planText(plan: Plan): string {
  const { request, confirmation, stays = [], remarks = [] } = plan;
  return [
    `${request.operation} in ${targetText(plan)}`,
    ...appText(plan),
    ...changesText(plan),
    ...(confirmation ? deletedText(confirmation) : []),
    ...(stays.length > 0 ? ['This stays:', ...list(stays)] : []),
    ...remarks,
  ].join('\n');
}
