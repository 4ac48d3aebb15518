/** What the tool list may cost: the full surface and the compact one, each within its budget. */
import { expect, it } from 'vitest';
import { totalPrice } from '../bench/price.mjs';
import { parseConfig } from '../src/cli/config.ts';
import { buildCatalog, buildWorkflowCatalog } from '../src/mcp/catalog.ts';
import { servedTools } from '../src/mcp/served.ts';
import { operations } from '../src/operations/index.ts';
import { declaredTools, workflows } from '../src/tools/index.ts';
import { describeTool } from './support/descriptions.ts';

/** The most that the tool list may cost a model, in tokens. */
const FULL_BUDGET = 12_500;
const COMPACT_BUDGET = 2_800;
/** The most that all output schemas may have on the wire, in bytes. They cost a model nothing. */
const OUTPUT_BUDGET = 120_000;

const entries = buildCatalog(operations, describeTool);

it('the full surface is within its budget', () => {
  const catalog = [...buildWorkflowCatalog(workflows, describeTool), ...entries];
  const served = servedTools(catalog, parseConfig({}), []);
  expect(served).toHaveLength(catalog.length);
  expect(totalPrice(served)).toBeLessThanOrEqual(FULL_BUDGET);
  const outputs = served.map(({ outputSchema }) => outputSchema);
  expect(Buffer.byteLength(JSON.stringify(outputs))).toBeLessThanOrEqual(OUTPUT_BUDGET);
});

it('the compact surface is small, and each of its tools has its input schema', () => {
  const catalog = [...buildWorkflowCatalog(declaredTools, describeTool), ...entries];
  const served = servedTools(catalog, parseConfig({ file: { surface: 'compact' } }), []);
  expect(totalPrice(served)).toBeLessThanOrEqual(COMPACT_BUDGET);
  const summary = { type: 'string', description: expect.stringMatching(/\w/) };
  for (const { outputSchema } of served) expect(outputSchema?.properties).toEqual({ summary });
  for (const { name, inputSchema } of served) {
    const whole = catalog.find(({ tool }) => tool.name === name)?.tool.inputSchema;
    expect(Object.keys(whole?.properties ?? {})).toEqual(
      expect.arrayContaining(Object.keys(inputSchema.properties ?? {})),
    );
    expect(inputSchema.required).toEqual(whole?.required);
  }
});
