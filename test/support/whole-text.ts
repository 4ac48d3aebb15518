/** Some hosts show a model the text of a result alone, some its structured content alone: each must be whole. */
import { expect } from 'vitest';
import { type ToolResult, textOf } from './clients.ts';

/** The texts, numbers and booleans inside a value, but those of the members with these names. */
function leavesOf(value: unknown, but: readonly string[]): unknown[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [value];
  return Object.entries(value).flatMap(([name, inner]) => (but.includes(name) ? [] : leavesOf(inner, but)));
}

/** What a table of jobs says in other words: the minute of the start, how long it took, and the state. */
export const inTable = ['status', 'createTime', 'updateTime', 'createdAt', 'updatedAt'];

/**
 * Expects that the text has all that the structured content has, without being JSON, and the other way round.
 * @param but members that the text says in other words
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
