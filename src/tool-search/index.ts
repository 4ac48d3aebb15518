/** Finds the tools that a sentence may mean: a full-text search over their texts and the requests that people make of them. */
import MiniSearch from 'minisearch';
import { findNoTool, type NoTool, toolsIn } from './no-tool.ts';
import { createTermsOf } from './terms.ts';

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

/** What a sentence may mean. */
export interface Findings {
  /** Best first. With `noTool`: the tools that its way names, then the nearest. */
  readonly found: readonly Found[];
  readonly noTool?: NoTool | undefined;
}
export type FindTools = (sentence: string) => Promise<Findings>;

/** A second request that is alike confirms the first; more would favour tools with many requests. */
const REQUESTS_COUNTED = 2;

/** clone_backend and CloneBackend are one name. */
const joined = (name: string) => name.replaceAll('_', '').toLowerCase();

/** Creates the search. It scores a tool by its texts as a whole and by its requests one by one, each relative to the best. */
export function createFinder(tools: readonly FindableTool[]): (sentence: string) => Findings {
  const texts = tools.flatMap(({ title, description, requests }) => [title, description, ...requests]);
  const terms = { tokenize: createTermsOf(texts), processTerm: (term: string) => term };
  const byTool = new MiniSearch({ fields: ['title', 'description', 'requests'], ...terms });
  const byRequest = new MiniSearch({ fields: ['request'], storeFields: ['name', 'request'], ...terms });
  for (const { name, title, description, requests } of tools) {
    byTool.add({ id: name, title: `${name} ${title}`, description, requests: requests.join(' ') });
    byRequest.addAll(requests.map(request => ({ id: `${name} ${request}`, name, request })));
  }
  const served = new Set(tools.map(({ name }) => name));

  return sentence => {
    const whole = byTool.search(sentence);
    const single = byRequest.search(sentence);
    const wholeScores = new Map(whole.map(({ id, score }) => [id, score / (whole[0]?.score ?? 1)]));
    const named = new Set((sentence.match(/\w+/g) ?? []).map(joined));
    const noTool = findNoTool(sentence, served);
    const first = new Set(toolsIn(noTool?.way ?? ''));
    const found = tools.map((tool): Found => {
      const alike = single.filter(({ name }) => name === tool.name).slice(0, REQUESTS_COUNTED);
      const sum = alike.reduce((total, { score }) => total + score, 0) / (single[0]?.score ?? 1);
      const isNamed = first.has(tool.name) || named.has(joined(tool.name));
      const score = isNamed ? Number.POSITIVE_INFINITY : (wholeScores.get(tool.name) ?? 0) + sum;
      return { tool, score, request: alike[0]?.request };
    });
    const best = found.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
    return { found: best, noTool };
  };
}
