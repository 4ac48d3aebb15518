/**
 * Every tool, from each generation of clients, through a real stdio child and the sandbox: one successful
 * call and one that AWS refuses. The clients check each result against the tool's output schema.
 */

import { describe, expect, it } from 'vitest';
import { workflows } from '../../src/tools/index.ts';
import { generations, linksOf, textOf } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { expectWholeText, inTable } from '../support/whole-text.ts';
import { appId, type ToolCase } from './cases/case.ts';
import { environmentCases } from './cases/environments.ts';
import { resourceCases } from './cases/resources.ts';

const cases: Record<string, ToolCase> = { ...environmentCases, ...resourceCases };
const names = Object.keys(cases);
const caseOf = (name: string) => cases[name] as ToolCase;

describe.each(generations)('every tool: $name', ({ protocol, connect }) => {
  const scene = setScene(connect, ['--confirm', 'never']);

  /** Makes the call that works. @returns its result */
  async function succeed(name: string) {
    const { given, args } = caseOf(name);
    const before = given && (await scene.client.callTool(given.tool, given.args));
    expect(before?.isError).toBeFalsy();
    if (given) scene.sandbox.finishJobs();
    return scene.client.callTool(
      name,
      typeof args === 'function' ? args(before?.structuredContent ?? {}) : args,
    );
  }

  it('uses the expected protocol revision and has a case for every tool', async () => {
    expect(scene.client.protocol).toBe(protocol);
    const listed = (await scene.client.listTools()).map(tool => tool.name);
    expect(listed.sort()).toEqual([...names, ...workflows.map(({ toolName }) => toolName)].sort());
  });

  it.each(names)('%s works', async name => {
    const result = await succeed(name);
    expect(textOf(result)).not.toContain('Next:');
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject(caseOf(name).answers);
    expectWholeText(result, name === 'list_backend_jobs' ? inTable : []);
  });

  it.each(names.filter(name => caseOf(name).starts))('%s starts a job that can be followed', async name => {
    const { operation, environment } = caseOf(name).starts ?? {};
    const result = await succeed(name);
    const job = result.structuredContent.job as Record<string, string>;
    expect(job).toMatchObject({
      appId,
      backendEnvironmentName: environment,
      operation,
      status: 'PENDING',
      state: 'running',
      uri: `amplify-backend://apps/${appId}/environments/${environment}/jobs/${job.jobId}`,
    });
    expect(linksOf(result)).toEqual([job.uri]);

    scene.sandbox.finishJobs();
    const { jobId } = job;
    const look = { appId, backendEnvironmentName: environment, jobId };
    const ended = await scene.client.callTool('get_backend_job', look);
    expect(ended.structuredContent.job).toMatchObject({ jobId, operation, state: 'succeeded', uri: job.uri });
    expect(linksOf(ended)).toEqual([job.uri]);
  });

  it.each(names)('%s fails with a readable text', async name => {
    const { args, code } = caseOf(name).refuses;
    const result = await scene.client.callTool(name, args);
    const error = result.structuredContent.error as Record<string, unknown>;
    expect(result.isError).toBe(true);
    expect(error).toEqual({
      code,
      message: expect.stringContaining('AWS says (quoted data): "'),
      hint: expect.stringMatching(/\w/),
      retryable: false,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    for (const part of [error.message, error.requestId, `Next: ${error.hint}`])
      expect(textOf(result)).toContain(part);
    expect(linksOf(result)).toEqual([]);
  });
});
