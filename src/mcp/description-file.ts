/**
 * A file of tool-descriptions/: the body, which a model reads in the tool list, and under `## Requests` what
 * people say when they want the tool, which only find_operation reads.
 */

/** The content of one tool's file. */
export interface DescriptionFile {
  readonly body: string;
  /** Requests in people's words, without quotes. */
  readonly requests: readonly string[];
}

const HEADING = /^## Requests$/m;
const REQUEST = /^- "(.+)"$/;

/** @throws Error if a line under the heading is not a request */
export function readDescriptionFile(text: string): DescriptionFile {
  const [body = '', list = ''] = text.split(HEADING);
  const lines = list.split('\n').filter(line => line.trim() !== '');
  const requests = lines.map(line => {
    const [, request] = REQUEST.exec(line) ?? [];
    if (request === undefined) throw new Error(`not a request: ${line}`);
    return request;
  });
  return { body: body.trim(), requests };
}
