/** Finds the tools that a sentence may mean: a full-text search over their texts and example requests. */
import MiniSearch, { type SearchResult } from 'minisearch';
import { type FindableTool, type FoundTool, readerOf } from './found.ts';
import { findNoTool, type NoTool, toolsIn } from './no-tool.ts';
import { onlyAsksToRead } from './reading.ts';
import { withoutMentions } from './removal.ts';
import { createTermsOf } from './terms.ts';

export type { FindableTool, FoundTool } from './found.ts';

/** What a sentence may mean. */
export interface Findings {
  /** Best first. With `noTool`, the tools that its `way` names come first. */
  readonly found: readonly FoundTool[];
  readonly noTool?: NoTool | undefined;
}
export type FindTools = (sentence: string) => Promise<Findings>;

/** How many similar requests count for a tool. Counting more would favour tools with many requests. */
const REQUESTS_COUNTED = 2;

/** Lists of synonyms whose words ask for a removal. */
const REMOVALS = ['#remove', '#revoke'];

const shows = ({ tool }: FoundTool) => tool.access === 'read' || tool.access === 'secret';
const changes = ({ tool }: FoundTool) => tool.access === 'create' || tool.access === 'update';
const deletes = ({ tool }: FoundTool) => tool.access === 'delete';

/** What decides which tools may be offered. */
interface Request {
  readonly sentence: string;
  /** Whether it asks to delete something. */
  readonly removes: boolean;
  /** Whether no tool does it. */
  readonly isImpossible: boolean;
}

/**
 * Orders and filters the results. Deletions come first only if the sentence asks for one. They are left out if it only asks to
 * see something, or asks for what no tool does; and if it only asks to see something, tools that change something come last.
 * @param found best first
 */
function offerable(
  found: readonly FoundTool[],
  { sentence, removes, isImpossible }: Request,
): readonly FoundTool[] {
  const isNamed = ({ score }: FoundTool) => score === Number.POSITIVE_INFINITY;
  const named = found.filter(isNamed);
  const others = found.filter(one => !isNamed(one));
  const asksToRead = onlyAsksToRead(sentence);
  const ordered = asksToRead ? [...others.filter(one => !changes(one)), ...others.filter(changes)] : others;
  const kept = ordered.filter(one => !deletes(one));
  const [best] = [...named, ...ordered];
  if (isImpossible) return [...named.filter(one => !deletes(one)), ...named.filter(deletes), ...kept];
  if (asksToRead || (best !== undefined && shows(best) && !removes)) return [...named, ...kept];
  if (removes || best === undefined || !deletes(best)) return [...named, ...ordered];
  return [...named, ...kept.slice(0, 1), ...ordered.filter(one => one !== kept[0])];
}

/** clone_backend and CloneBackend are one name. */
const joined = (name: string) => name.replaceAll('_', '').toLowerCase();

/** Creates the search. It scores a tool by its texts as a whole and by its requests one by one, each relative to the best. */
export function createFinder(tools: readonly FindableTool[]): (sentence: string) => Findings {
  const texts = tools.flatMap(({ title, description, requests }) => [title, description, ...requests]);
  const termsOf = createTermsOf(texts);
  const terms = { tokenize: termsOf, processTerm: (term: string) => term };
  const byTool = new MiniSearch({ fields: ['title', 'description', 'requests'], ...terms });
  const byRequest = new MiniSearch({ fields: ['request'], storeFields: ['name', 'request'], ...terms });
  for (const { name, title, description, requests } of tools) {
    byTool.add({ id: name, title: `${name} ${title}`, description, requests: requests.join(' ') });
    byRequest.addAll(requests.map(request => ({ id: `${name} ${request}`, name, request })));
  }
  const byName = new Map(tools.map(tool => [tool.name, tool]));
  const served = new Set(byName.keys());

  return sentence => {
    const said = termsOf(sentence);
    const whole = byTool.search(sentence, { tokenize: () => said });
    const single = byRequest.search(sentence, { tokenize: () => said });
    const alikeOf = new Map<string, SearchResult[]>();
    for (const one of single) {
      const alike = alikeOf.get(one.name) ?? [];
      if (alike.length < REQUESTS_COUNTED) alikeOf.set(one.name, [...alike, one]);
    }
    const wholeScores = new Map(whole.map(({ id, score }) => [id, score / (whole[0]?.score ?? 1)]));
    const named = new Set((sentence.match(/\w+/g) ?? []).map(joined));
    // A sentence that is just a tool's name asks for that tool.
    const noTool = served.has(sentence.trim()) ? undefined : findNoTool(sentence, served);
    const first = new Set(toolsIn(noTool?.way ?? ''));
    const found = tools.map((tool): FoundTool => {
      const alike = alikeOf.get(tool.name) ?? [];
      const sum = alike.reduce((total, { score }) => total + score, 0) / (single[0]?.score ?? 1);
      const isNamed = first.has(tool.name) || named.has(joined(tool.name));
      const score = isNamed ? Number.POSITIVE_INFINITY : (wholeScores.get(tool.name) ?? 0) + sum;
      return { tool, score, request: alike[0]?.request, reader: readerOf(tool, byName) };
    });
    const best = found.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
    const asked = termsOf(withoutMentions(sentence));
    const removes = REMOVALS.some(list => asked.includes(list));
    return { found: offerable(best, { sentence, removes, isImpossible: noTool !== undefined }), noTool };
  };
}
