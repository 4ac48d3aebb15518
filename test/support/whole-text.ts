/** Some hosts show a model the text of a result alone, some its structured content alone: each must be whole. */
import { expect } from 'vitest';
import { type ToolResult, textOf } from './clients.ts';

/** The texts, numbers and booleans inside a value. */
function leavesOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [value];
  return Object.values(value).flatMap(leavesOf);
}

/** Expects that the text has all that the structured content has, without being JSON, and the other way round. */
export function expectWholeText(result: ToolResult): void {
  const text = textOf(result);
  const { summary, notes, ...facts } = result.structuredContent;
  expect(summary).toEqual(expect.stringMatching(/\S/));
  for (const leaf of leavesOf({ notes, ...facts }))
    expect(
      text.includes(String(leaf)) || text.includes(JSON.stringify(leaf)),
      `${JSON.stringify(leaf)} in ${text}`,
    ).toBe(true);
  expect(text).not.toMatch(/^\s*[{[]/m);
}
