/** Two environments compared. */
import { answerIn, type Compared } from '../answers.ts';
import { el, named } from '../dom.ts';
import { messageIn } from '../hints.ts';
import type { Arguments } from '../host.ts';
import { notes } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
import { counted, whereText } from '../text.ts';
import { ComparisonParts } from './comparison.ts';

/** @param args the arguments of the call that compared, for further pages */
export function differenceScreen(stage: Stage, answer: Compared, args: Arguments): Screen {
  const { appId, left = 'left', right = 'right', identical, counts } = answer;
  const comparison = new ComparisonParts(stage, async page => {
    const result = await stage.host.callTool('compare_environments', {
      ...args,
      app: args.app ?? appId,
      left,
      right,
      page,
    });
    if (result.isError) throw new Error(messageIn(result));
    return answerIn<Compared>(result);
  });
  comparison.set(answer);
  const total = counts?.differences ?? 0;
  const sum = identical
    ? 'Set up alike, as far as they were compared'
    : counts
      ? counted(total, 'difference')
      : 'Not compared';
  return {
    render: () => ({
      title: el('span', null, named(left), el('span', { class: 'quiet' }, ' and '), named(right)),
      subtitle: [sum, whereText(appId, args)].filter(Boolean).join(' · '),
      body: [...comparison.parts(left, right), notes(answer.notes)],
    }),
  };
}
