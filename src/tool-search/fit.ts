/** How well a sentence fits the cells of the grid. */
import type { Action } from './actions.ts';
import { type Concept, concepts, isThing } from './concepts.ts';
import { type Cell, grid } from './grid.ts';
import type { Reading } from './read.ts';
import type { Thing } from './things.ts';

/** What the sentence names, by how much it is about that. */
interface Weighed {
  readonly does: ReadonlyMap<Concept, number>;
  readonly to: ReadonlyMap<Concept, number>;
}

/** What the sentence leads with counts more than what else it says; a look or a wish less than another lead. */
const HEAD = 1;
const SOFT_HEAD = 0.8;
/** What is named aside. */
const ASIDE = 0.75;
/** More than one part of an environment. */
const SEVERAL = 1.2;
/** Where no thing is named. */
const UNNAMED = 0.5;
/** A cell that only counts where something special is named. */
const SPECIAL = 1.2;
/** What failed is seldom what is asked for. */
const FAILED = 0.5;

const looks: ReadonlySet<Action> = new Set<Action>(['ask', 'show', 'list']);
const aboutFailures: ReadonlySet<Action> = new Set<Action>([...looks, 'explain', 'wait', 'mark']);

/** Who names two of these wants more than one part of an environment. */
const parts: readonly (readonly Thing[])[] = [['auth', 'authPart'], ['api', 'apiPart'], ['storage']];

function weigh({ concepts: named, main, subject }: Reading): Weighed {
  const does = new Map<Concept, number>();
  const to = new Map<Concept, number>();
  const hasFailed = named.has('failure');
  for (const concept of named) {
    const weight = concepts[concept].weight * ASIDE;
    if (isThing(concept)) to.set(concept, weight);
    else does.set(concept, hasFailed && !aboutFailures.has(concept) ? weight * FAILED : weight);
  }
  for (const action of main.head) does.set(action, looks.has(action) || action === 'want' ? SOFT_HEAD : HEAD);
  // A title alone, such as "status of job 12", asks to be shown it, or to get it.
  if (does.size === 0) for (const action of ['show', 'add'] as const) does.set(action, ASIDE);
  for (const thing of main.mentions.flat().filter(isThing)) to.set(thing, concepts[thing].weight);
  if (parts.filter(part => part.some(thing => subject.has(thing))).length > 1) to.set('wholeStack', SEVERAL);
  return { does, to };
}

/** How much of what the sentence names most a cell takes, from 0 to 1. */
function share(own: readonly (Action | Thing)[], named: ReadonlyMap<Concept, number>): number {
  const most = Math.max(0, ...named.values());
  return most === 0 ? UNNAMED : Math.max(0, ...own.map(concept => named.get(concept) ?? 0)) / most;
}

function fitCell({ does, to, needs }: Cell, weighed: Weighed): number {
  if (needs && !weighed.does.has(needs) && !weighed.to.has(needs)) return 0;
  return share(does, weighed.does) * share(to, weighed.to) * (needs ? SPECIAL : 1);
}

/** How well the sentence fits each tool of the grid, from 0 to 1. */
export function fitTools(reading: Reading): ReadonlyMap<string, number> {
  const weighed = weigh(reading);
  return new Map(
    Object.entries(grid).map(([tool, cells]) => [
      tool,
      Math.max(...cells.map(cell => fitCell(cell, weighed))),
    ]),
  );
}
