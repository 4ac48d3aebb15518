/**
 * Finds tools by a sentence: a search over their texts and the requests that people make of them, and beside it
 * the grid of what they do. Made once, on first use.
 */
import MiniSearch, { type SearchResult } from 'minisearch';
import { fitTools } from './fit.ts';
import { readSentence } from './read.ts';
import { createLexicon } from './words.ts';

/** A tool as this configuration serves it, and the requests that people make of it. */
export interface FindableTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: object;
  readonly requests: readonly string[];
}

/** A tool that was found. */
export interface Found {
  readonly tool: FindableTool;
  readonly score: number;
  /** The request that the sentence is most like, if any. */
  readonly request: string | undefined;
}

/** The tools that a sentence may mean, best first. */
export type FindTools = (sentence: string) => Promise<readonly Found[]>;

/** How much the grid counts beside the best of the texts, which counts 1. */
const GRID = 0.8;
/** What counts beside the request that a sentence is most like: the next two, and the tool's own texts. */
const FURTHER_REQUESTS = 0.8;
const OWN_TEXTS = 0.35;
/** What a word means counts beside the word itself. */
const MEANING = 0.5;

/** Who names a tool, means it. */
const NAMED = 10;

/** A name without what tells the spellings apart: clone_backend, CloneBackend. */
const joined = (name: string) => name.replaceAll('_', '').toLowerCase();
const namesIn = (sentence: string) => new Set((sentence.match(/\w+/g) ?? []).map(joined));

interface Entry {
  readonly id: string;
  readonly tool: string;
  readonly title?: string;
  readonly description?: string;
  readonly request?: string;
}

function entriesOf({ name, title, description, requests }: FindableTool): Entry[] {
  return [
    { id: name, tool: name, title: `${name} ${title}`, description },
    ...requests.map((request, index) => ({ id: `${name}/${index}`, tool: name, request })),
  ];
}

function byTool(hits: readonly SearchResult[]): ReadonlyMap<string, readonly SearchResult[]> {
  const tools = new Map<string, SearchResult[]>();
  for (const hit of hits) tools.set(hit.tool, [...(tools.get(hit.tool) ?? []), hit]);
  return tools;
}

/** What a tool's entries have in common with the sentence. */
function textScore(hits: readonly SearchResult[]): number {
  const requests = hits.filter(({ request }) => request !== undefined).map(({ score }) => score);
  const [best = 0, ...further] = requests;
  const own = hits.find(({ request }) => request === undefined)?.score ?? 0;
  const next = further.slice(0, 2).reduce((sum, score) => sum + score, 0);
  return best + FURTHER_REQUESTS * next + OWN_TEXTS * own;
}

/** Makes it. */
export function createFinder(tools: readonly FindableTool[]): (sentence: string) => readonly Found[] {
  const lexicon = createLexicon(
    tools.flatMap(({ title, description, requests }) => [title, description, ...requests]),
  );
  const index = new MiniSearch<Entry>({
    fields: ['title', 'description', 'request'],
    storeFields: ['tool', 'request'],
    tokenize(text) {
      const { stems, concepts } = readSentence(lexicon, text);
      return [...stems, ...[...concepts].map(concept => `#${concept}`)];
    },
    processTerm: term => term,
    searchOptions: {
      boost: { description: 0.6 },
      boostTerm: term => (term.startsWith('#') ? MEANING : 1),
    },
  });
  index.addAll(tools.flatMap(entriesOf));

  return sentence => {
    const hits = byTool(index.search(sentence));
    const fits = fitTools(readSentence(lexicon, sentence));
    const texts = new Map([...hits].map(([tool, own]) => [tool, textScore(own)]));
    const most = Math.max(...texts.values());
    const named = namesIn(sentence);
    const score = (name: string) =>
      named.has(joined(name)) ? NAMED : (texts.get(name) ?? 0) / most + GRID * (fits.get(name) ?? 0);
    return tools
      .filter(({ name }) => texts.has(name))
      .map(tool => ({
        tool,
        score: score(tool.name),
        request: hits.get(tool.name)?.find(({ request }) => request !== undefined)?.request,
      }))
      .sort((a, b) => b.score - a.score);
  };
}
