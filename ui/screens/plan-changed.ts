/** How a plan differs from the one before, which changed between its approval and its execution. */
import type { Plan } from '../answers.ts';
import { el, named, section } from '../dom.ts';

/** A line for each thing that the plan deletes or sets. */
function linesOf({ confirmation, changes = [] }: Plan): Set<string> {
  const going = Object.entries(confirmation?.goes ?? {}).flatMap(([environment, list]) =>
    (list ?? []).flatMap(({ resource = '', holds = [] }) => [
      `${environment}: ${resource}`,
      ...holds.map(held => `${environment}: ${resource}: ${held}`),
    ]),
  );
  const set = changes.map(({ path, before, after }) => `${path}: ${JSON.stringify([before, after])}`);
  return new Set([...going, ...(confirmation?.alsoGoes ?? []).map(String), ...set]);
}

const list = (title: string, lines: readonly string[]) =>
  lines.length > 0 && [
    el('p', { class: 'strong' }, title),
    el(
      'ul',
      { class: 'sentences' },
      lines.slice(0, 40).map(line => el('li', null, named(line, 300))),
      lines.length > 40 && el('li', { class: 'quiet' }, `and ${lines.length - 40} more`),
    ),
  ];

/** The section that shows the difference. */
export function changedPart(before: Plan, after: Plan): HTMLElement {
  const [old, now] = [linesOf(before), linesOf(after)];
  const added = [...now].filter(line => !old.has(line));
  const gone = [...old].filter(line => !now.has(line));
  const isSeen = added.length + gone.length > 0;
  return section(
    'What has changed since you approved it',
    'changed',
    list('Now in the plan', added) || '',
    list('No longer in the plan', gone) || '',
    !isSeen && el('p', null, 'This page does not show what changed: read the plan again.'),
  );
}
