/** `assess_migration` and `verify_migration` on the sandbox, in each state of a migration. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId } from './cases/case.ts';

const branch = 'gen2-main';
const app = { app: 'shop', environment: 'dev' };
const findingsOf = ({ structuredContent }: ToolResult) => structuredContent.findings as Json[];

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, []);
  const migrate = (state: string) => scene.sandbox.migrate({ appId, environment: 'dev', state });
  const asked = new Map<string, Promise<ToolResult>>();

  /** Calls a tool in a state of the migration. These tools only read, so each is called once in a state, and cases share the answer. */
  function answerIn(state: string, tool: 'verify_migration' | 'assess_migration'): Promise<ToolResult> {
    const key = `${tool} ${state}`;
    const answer =
      asked.get(key) ??
      migrate(state).then(() =>
        scene.client.callTool(tool, tool === 'verify_migration' ? { ...app, branch } : app),
      );
    asked.set(key, answer);
    return answer;
  }

  it('proves what a branch with adopted tables has, and names what the Gen 1 stack would delete', async () => {
    const result = await answerIn('deployed-adopted', 'verify_migration');
    expect(result.isError).toBeFalsy();
    const { models, counts, deletedWithGen1, refactored } = result.structuredContent;
    expect((models as Json[]).map(({ state }) => state)).toEqual((models as Json[]).map(() => 'adopted'));
    expect(counts).toMatchObject({ models: (models as Json[]).length, adopted: (models as Json[]).length });
    expect((models as Json[]).length).toBeGreaterThan(0);
    expect((deletedWithGen1 as string[]).length).toBeGreaterThan(0);
    expect(refactored).toBe(false);
    expect(result.structuredContent).toMatchObject({ verdict: 'same', findings: [], unproven: [] });
    expect(textOf(result)).toContain('Do not delete the Gen 1 environment');
  });

  it('finds new and empty tables, and says how to adopt the old ones', async () => {
    const result = await answerIn('deployed-new', 'verify_migration');
    expect(result.structuredContent.verdict).toBe('differs');
    const fresh = findingsOf(result).filter(({ change }) => change === 'new and empty');
    expect(fresh.length).toBeGreaterThan(0);
    expect(textOf(result)).toMatch(/Set branchName in amplify\/data\/resource\.ts to "gen2-main"/);
  });

  it('shows what was moved, and a refactoring that stopped half way', async () => {
    const moved = await answerIn('refactored', 'verify_migration');
    expect(moved.structuredContent.refactored).toBe(true);
    const failed = await answerIn('half-failed', 'verify_migration');
    expect(findingsOf(failed).some(({ area }) => area === 'left over')).toBe(true);
    expect(failed.structuredContent.verdict).toBe('differs');
    expect(textOf(failed)).toContain('--rollback');
  });

  it.each([
    [
      'deployed-adopted',
      'deployed',
      'amplify gen2-migration refactor --to amplify-d1sandboxshop',
      /retain\b/,
    ],
    ['refactored', 'refactored', 'uncomment postRefactor()', /refactor --to/],
    [
      'retained',
      'retained',
      'aws cloudformation delete-stack --stack-name amplify-shop-dev-101530',
      /gen2-migration/,
    ],
    ['half-failed', 'failed', '--rollback', /postRefactor|retain\b/],
  ])("names the next step in AWS's order: %s", async (state, stage, next, notYet) => {
    const proof = await answerIn(state, 'verify_migration');
    const steps = (proof.structuredContent.nextSteps as string[]).join('\n');
    expect(steps).toContain(next);
    expect(steps).not.toMatch(notYet);
    expect(textOf(proof)).toContain(next);
    const assessed = await answerIn(state, 'assess_migration');
    expect(assessed.structuredContent).toMatchObject({ stage });
    expect(textOf(assessed)).toContain(`(${stage}): `);
    expect(textOf(assessed)).toContain(next);
    expect(findingsOf(assessed).map(({ what }) => what)).not.toContain('hosting by hand');
    expect(findingsOf(assessed).map(({ what }) => what)).not.toContain('conflict detection');
    expect(textOf(assessed)).not.toMatch(/can be added|gen2-migration generate/);
  });

  it('is unproven if nothing could be read, and says why', async () => {
    await migrate('deployed-adopted');
    await scene.sandbox.set({ migrationReads: 'denied' });
    const result = await scene.client.callTool('verify_migration', { ...app, branch });
    await scene.sandbox.set({ migrationReads: 'allowed' });
    expect(result.structuredContent).toMatchObject({ verdict: 'unproven', findings: [] });
    expect(textOf(result)).toMatch(/^unproven: .*could not be compared[\s\S]*cloudformation:GetTemplate/);
    expect(textOf(result)).not.toContain('shows no difference');
    expect((result.structuredContent.nextSteps as string[]).join(' ')).toContain('nothing is proven yet');
  });

  it.each([
    ['not-begun', undefined],
    ['locked', 'locked'],
    ['deployed-adopted', 'deployed'],
    ['refactored', 'refactored'],
    ['half-failed', 'failed'],
  ])('describe_environment names the stage, and advises no push: %s', async (state, stage) => {
    await migrate(state);
    // The schema is newer than the models.
    const result = await scene.client.callTool('describe_environment', app);
    const text = textOf(result);
    if (stage === undefined) expect(text).not.toContain('Gen 2');
    else {
      expect(text).toContain(`On the way to Gen 2 (${stage}): `);
      expect(result.structuredContent.notes).toContainEqual(
        expect.stringContaining(`On the way to Gen 2 (${stage}): `),
      );
      expect(text).toContain('Do not push to it or delete it');
      expect(text).not.toContain('generate_backend_api_models');
    }
    const other = textOf(
      await scene.client.callTool('describe_environment', { ...app, environment: 'prod' }),
    );
    if (state === 'deployed-adopted') expect(other).toContain('(beside): not locked');
  });

  it('refuses a branch without a Gen 2 backend, and says what to do', async () => {
    await migrate('not-begun');
    const result = await scene.client.callTool('verify_migration', { ...app, branch: 'nowhere' });
    expect(result.isError).toBe(true);
    expect(result.structuredContent.error).toMatchObject({ code: 'not_found' });
    expect(textOf(result)).toMatch(/no branch "nowhere"[\s\S]*assess_migration/);
    await migrate('deployed-adopted');
    const other = await scene.client.callTool('verify_migration', { ...app, branch: 'nowhere' });
    expect(textOf(other)).toContain('gen2-main');
  });

  it('assesses an environment by the matrix of AWS', async () => {
    const result = await answerIn('not-begun', 'assess_migration');
    expect(result.isError).toBeFalsy();
    const { verdict, matrix, notSeen, unknown } = result.structuredContent;
    expect(unknown).toEqual([]);
    expect(verdict).toBe('blocked');
    expect(findingsOf(result)[0]).toMatchObject({ what: 'conflict detection', seenAt: ['api/shopapi'] });
    expect(matrix).toMatchObject({ date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    expect((notSeen as string[]).join(' ')).toContain('override.ts');
    const carried = findingsOf(result).filter(({ effect }) => effect === 'carried');
    expect(carried.map(({ row }) => row)).toContain('Data/model');
    expect(textOf(result)).toMatch(/^blocked: /);
  });

  it('is short', async () => {
    for (const tool of ['verify_migration', 'assess_migration'] as const) {
      const result = await answerIn('deployed-adopted', tool);
      expect(countTokens(textOf(result)), tool).toBeLessThan(1_500);
      expect(countTokens(JSON.stringify(result.structuredContent)), tool).toBeLessThan(3_000);
    }
  });
});
