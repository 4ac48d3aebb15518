/** Search results, each with the tool that shows what the found one changes. */

/** A tool as this configuration serves it, and the requests that people make of it. */
export interface FindableTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: object;
  readonly access: 'read' | 'create' | 'update' | 'delete' | 'secret';
  readonly requests: readonly string[];
}

/** A tool that was found. */
export interface FoundTool {
  readonly tool: FindableTool;
  readonly score: number;
  /** The example request that is most like the sentence, if any. */
  readonly request: string | undefined;
  /** For a tool that changes something: the served tool that shows it. */
  readonly reader?: FindableTool | undefined;
}

/** With a lower limit, no result is replaced by a reader. */
const MIN_WITH_READER = 3;

/** The tool that shows what another one changes: get_backend_auth for each of the tools that change auth. */
export function readerOf(
  { name, access }: FindableTool,
  byName: ReadonlyMap<string, FindableTool>,
): FindableTool | undefined {
  if (access === 'read') return undefined;
  const [, ...noun] = name.split('_');
  const candidates = [`get_${noun.join('_')}`, `describe_${noun.join('_')}`, 'get_backend'];
  const reader = candidates.find(candidate => byName.has(candidate));
  return reader === undefined || reader === name ? undefined : byName.get(reader);
}

/** The best results. If the first one changes something, the tool that shows it is included. */
export function takeBest(found: readonly FoundTool[], most: number): readonly FoundTool[] {
  const first = found.slice(0, most);
  const reader = first[0]?.reader;
  if (!reader || most < MIN_WITH_READER || first.some(({ tool }) => tool.name === reader.name)) return first;
  const beside = found.find(({ tool }) => tool.name === reader.name) ?? {
    ...{ tool: reader, score: 0, request: undefined },
  };
  return [...first.slice(0, most - 1), beside];
}
