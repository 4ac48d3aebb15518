/** An environment on the board: its state, its stack, and its resources by category. */
import type { BoardEnvironment, BoardResource } from '../answers.ts';
import { stackLink } from '../console.ts';
import { el, named, prose } from '../dom.ts';
import { sign, state, toneOf } from '../parts.ts';
import type { Stage } from '../stage.ts';
import { counted, nameText } from '../text.ts';

const MOST_RESOURCES = 40;

/** Resources by category, in order of first appearance. */
function byCategory(resources: readonly BoardResource[]): Map<string, BoardResource[]> {
  const categories = new Map<string, BoardResource[]>();
  for (const resource of resources) {
    const category = nameText(resource.category);
    const own = categories.get(category);
    if (own) own.push(resource);
    else categories.set(category, [resource]);
  }
  return categories;
}

const resourceLine = ({ name, health = 'unknown' }: BoardResource) =>
  el(
    'li',
    null,
    sign(nameText(health)),
    named(name),
    // Screen readers get the word from the sign.
    toneOf(health) !== 'good' &&
      el('span', { class: 'quiet', 'aria-hidden': 'true' }, ` ${nameText(health, 60)}`),
  );

function categoryLines(category: string, resources: readonly BoardResource[]) {
  const more = resources.length - MOST_RESOURCES;
  return el(
    'div',
    { class: 'category' },
    el('dt', null, named(category)),
    el(
      'dd',
      null,
      el(
        'ul',
        { class: 'plain' },
        resources.slice(0, MOST_RESOURCES).map(resourceLine),
        more > 0 && el('li', { class: 'quiet' }, `and ${more.toLocaleString('en')} more`),
      ),
    ),
  );
}

/** Whether the last change of a stack succeeded, so that its status needs no mention. */
const isSteady = (status = '') => /^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status);

/** What a stack's status means, with AWS's own word; undefined if its last change succeeded. */
function stackText({ status, means }: NonNullable<BoardEnvironment['stack']>): string | undefined {
  if (status === undefined || isSteady(status)) return undefined;
  if (means === undefined) return nameText(status);
  return `${nameText(means, 200).replace(/^./, first => first.toUpperCase())} (${nameText(status)})`;
}

export function environmentCard(stage: Stage, environment: BoardEnvironment, at: number) {
  const { name, health, stack, resources = [], moreResources = 0, error } = environment;
  const categories = byCategory(resources);
  const id = `environment-${at}`;
  const words = stack && stackText(stack);
  return el(
    'article',
    { class: 'card', 'aria-labelledby': id, 'data-key': `environment ${nameText(name)}` },
    el('div', { class: 'between' }, el('h3', { id }, named(name)), health !== undefined && state(health)),
    words !== undefined && el('p', { class: 'quiet', dir: 'auto' }, words),
    health === 'failed' && stackLink(stage, stack?.id, nameText(name)),
    error !== undefined && prose(error, 'badly'),
    categories.size > 0
      ? el(
          'dl',
          { class: 'categories' },
          [...categories].map(([category, list]) => categoryLines(category, list)),
        )
      : error === undefined && el('p', { class: 'quiet' }, 'No resources.'),
    moreResources > 0 && el('p', { class: 'quiet' }, `and ${counted(moreResources, 'resource')} more`),
  );
}
