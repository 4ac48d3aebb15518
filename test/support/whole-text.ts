/** Checks that the text and the structured content of a result are each complete: some hosts show a model only one of them. */
import { expect } from 'vitest';
import { type ToolResult, textOf } from './clients.ts';

/** The texts, numbers and booleans inside a value, except those of the members named in `but`. */
function leavesOf(value: unknown, but: readonly string[]): unknown[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [value];
  return Object.entries(value).flatMap(([name, inner]) => (but.includes(name) ? [] : leavesOf(inner, but)));
}

/** The members that a table of jobs shows in another form: start minute, duration and state. */
export const inTable = ['status', 'createTime', 'updateTime', 'createdAt', 'updatedAt'];

/**
 * Expects that the text has every value of the structured content, and is not JSON; and that the structured content has a summary.
 * @param but members that the text shows in another form
 */
export function expectWholeText(result: ToolResult, but: readonly string[] = []): void {
  const text = textOf(result);
  const { summary, notes, ...facts } = result.structuredContent;
  expect(summary).toEqual(expect.stringMatching(/\S/));
  for (const leaf of leavesOf({ notes, ...facts }, but))
    expect(
      text.includes(String(leaf)) || text.includes(JSON.stringify(leaf)),
      `${JSON.stringify(leaf)} in ${text}`,
    ).toBe(true);
  expect(text).not.toMatch(/^\s*[{[]/m);
}
