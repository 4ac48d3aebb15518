/** `call TOOL [JSON]`: one tool call through a real MCP client, which asks a person at the terminal. */

import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { type Json, objectOf, repeatsDryRun } from '../lib/json.ts';
import { jsonText, quote } from '../lib/quote.ts';
import { didYouMean } from '../operations/closest-words.ts';
import { type Config, ConfigError } from '../server/settings.ts';
import { toolNames } from '../server/tool-names.ts';
import { listIn, readAllPages, toCsv } from './all-pages.ts';
import type { Io } from './io.ts';
import { type Answer, connectChild } from './mcp-client.ts';
import { printToolHelp } from './tool-help.ts';

/** One call as it is typed. */
export interface CallRequest {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** Whether the whole result is printed as the protocol carries it. */
  readonly isJson: boolean;
  /** Whether the list of the answer is printed as CSV, with all its pages. */
  readonly isCsv?: boolean;
  /** Whether an answer in pages is read to its end, and printed as JSON. */
  readonly isWhole?: boolean;
}

/** A tool may wait for a job; each report of progress starts this time anew. */
const TIMEOUT_MS = 300_000;

/** The arguments as an object. @throws ConfigError where the text is no JSON object */
export function parseArguments(text: string): Record<string, unknown> {
  if (text.trim() === '')
    throw new ConfigError('the arguments of call are empty: leave them out, or give {}');
  if (repeatsDryRun(text))
    throw new ConfigError('the arguments of call name dryRun more than once: name it once');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError('the arguments of call must be JSON, like \'{"appId": "d1a2b3c4"}\'');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ConfigError('the arguments of call must be a JSON object');
  return value as Record<string, unknown>;
}

/** Asks the person at the terminal, who types a name, or an empty line for no. */
function answerOf({ ask }: Io, beforeQuestion: () => void): Answer | undefined {
  if (!ask) return undefined;
  return async question => {
    beforeQuestion();
    const name = await ask(`${question}\n(an empty line: no) > `);
    if (name === undefined) return { action: 'cancel' };
    return name.trim() === '' ? { action: 'decline' } : { action: 'accept', content: { name } };
  };
}

/** Whether the tool reports this step. The client reports one of its own for each question that it passes on. */
const isOfTool = ({ message = '' }: { readonly message?: string | undefined }) =>
  !message.startsWith('Fulfilling input required');

/** Says that there is no such tool, and which may be meant. */
function unknownTool(name: string, known: readonly string[]): Error {
  const meant = didYouMean(name, known) || '; the command tools lists them';
  return new Error(`no tool ${quote(name)} is served with these settings${meant}`);
}

/** Prints the arguments that a tool takes. A compact surface lists few tools, but all can be called. */
export async function explainTool(io: Io, config: Config, name: string): Promise<number> {
  const client = await connectChild(io, { ...config, surface: 'full' });
  try {
    const { tools } = await client.listTools();
    const tool = tools.find(listed => listed.name === name);
    if (!tool)
      throw unknownTool(
        name,
        tools.map(listed => listed.name),
      );
    printToolHelp(io.out, tool);
    return 0;
  } finally {
    await client.close();
  }
}

/** Prints a text for a person: what failed in the first line, and what to do next, stand out. */
function printText({ out }: Io, text: string, isError: boolean): void {
  for (const [index, line] of text.split('\n').entries()) {
    if (isError && index === 0) out(line, { style: 'bad' });
    else out(line, line.startsWith('Next:') ? { style: 'strong', length: 'Next:'.length } : {});
  }
}

/** Prints the result of one call: its text in a terminal, its `structuredContent` in a pipe. @returns the exit code */
function printResult(io: Io, result: CallToolResult, isJson: boolean): number {
  const { content, structuredContent, isError = false } = result;
  const verbatim = { isVerbatim: true } as const;
  if (isJson) io.out(jsonText(result), verbatim);
  else if (!io.isTerminal) io.out(jsonText(structuredContent ?? result), verbatim);
  else for (const block of content) if (block.type === 'text') printText(io, block.text, isError);
  return isError ? 1 : 0;
}

/** The columns of a list, as the tool declares them. */
async function columnsOf(client: Client, toolName: string, list: string): Promise<string[]> {
  const { tools } = await client.listTools();
  const { outputSchema } = tools.find(({ name }) => name === toolName) ?? {};
  const { items } = objectOf(objectOf(outputSchema?.properties)[list]);
  return Object.keys(objectOf(objectOf(items).properties));
}

/** Prints an answer with all its pages, as JSON, or its list as CSV. @returns the exit code */
async function printWhole(io: Io, client: Client, callOnce: CallOnce, request: CallRequest): Promise<number> {
  let failed: CallToolResult | undefined;
  const answer = await readAllPages(request.args, async args => {
    const result = await callOnce(args);
    if (result.isError) failed = result;
    return result.isError ? undefined : objectOf(result.structuredContent);
  });
  if (failed || !answer) return failed ? printResult(io, failed, request.isJson) : 1;
  const verbatim = { isVerbatim: true } as const;
  if (!request.isCsv) {
    io.out(jsonText(answer), verbatim);
    return 0;
  }
  const list = listIn(answer);
  if (list === undefined) throw new Error(`the answer of ${request.tool} has no list, so it cannot be CSV`);
  const items = (answer[list] as readonly unknown[]).map(objectOf);
  io.out(toCsv(items, await columnsOf(client, request.tool, list)), verbatim);
  for (const note of Array.isArray(answer.notes) ? answer.notes : []) io.err(String(note));
  return 0;
}

type CallOnce = (args: Json) => Promise<CallToolResult>;

/**
 * Calls the tool. Progress is drawn on stderr, and a confirmation is asked of the person, where these are a terminal;
 * without a terminal the result carries the plan and the token to call again with. Prints the text of the result in a
 * terminal and its `structuredContent` in a pipe.
 * @returns the exit code, 1 where the tool reports an error
 */
export async function call(io: Io, config: Config, request: CallRequest): Promise<number> {
  const { tool, args, isJson, isCsv = false, isWhole = false } = request;
  // A compact surface lists no members of answers, which are the columns.
  const settings = isCsv ? { ...config, surface: 'full' as const } : config;
  // A pipe has no screen, and need not load what draws on one.
  const progress =
    io.errorScreen &&
    (await import('./progress-line.ts')).createProgressLine(io.errorScreen, { title: tool });
  const client = await connectChild(
    io,
    settings,
    io.env,
    answerOf(io, () => progress?.clear()),
  );
  const callOnce: CallOnce = given =>
    client
      .callTool(
        { name: tool, arguments: given },
        {
          ...(progress && { onprogress: step => isOfTool(step) && progress.show(step) }),
          timeout: TIMEOUT_MS,
          resetTimeoutOnProgress: true,
        },
      )
      .catch((thrown: unknown) => {
        throw toolNames.includes(tool) ? thrown : unknownTool(tool, toolNames);
      });
  try {
    if (isCsv || isWhole)
      return await printWhole(io, client, callOnce, request).finally(() => progress?.end());
    return printResult(io, await callOnce(args).finally(() => progress?.end()), isJson);
  } finally {
    await client.close();
  }
}
