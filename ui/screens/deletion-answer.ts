/** The answer of a deletion that did not ask for approval: there was nothing to delete, or its job had already ended. */
import { answerIn, type Decommission } from '../answers.ts';
import { el, named, prose } from '../dom.ts';
import type { Arguments, ToolResult } from '../host.ts';
import type { Screen } from '../stage.ts';
import { forPerson, nameText, whereText } from '../text.ts';
import { outcome } from './plan-outcome.ts';
import { foundNothingToDelete } from './plan-status.ts';

/** @param tool the called tool; empty if the host does not name it, so that the answer's `proof` decides */
export const isDeletionAnswer = (tool: string, answer: Partial<Decommission>): boolean =>
  (tool === 'decommission_environment' || (tool === '' && answer.proof !== undefined)) &&
  (answer.verdict !== undefined || (answer.environments ?? []).length > 0);

export function deletionAnswerScreen(result: ToolResult, args: Arguments): Screen {
  const answer = answerIn<Decommission>(result);
  const { appId, environment, environments = [], summary } = answer;
  const names = environment === undefined ? environments.map(one => one.environment) : [environment];
  const head = foundNothingToDelete(answer)
    ? `${names.map(name => nameText(name)).join(', ')} ${names.length > 1 ? 'do' : 'does'} not exist: nothing was sent`
    : nameText(answer.verdict ?? 'Not all have ended');
  return {
    render: () => ({
      title: el('span', null, 'Deletion of ', named(names.join(', '))),
      subtitle: [head, whereText(appId, args)].filter(Boolean).join(' · '),
      body: [...forPerson([summary]).map(said => prose(said)), ...outcome(result)],
    }),
  };
}
