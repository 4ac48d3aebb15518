/**
 * The audit on a real file with simulated disk failures: when lines are written, what is refused, and that
 * the second line precedes the answer.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTargets } from '../../../src/aws/targets.ts';
import { AuditFile } from '../../../src/call/audit/file.ts';
import { Audit, type Finish } from '../../../src/call/audit/index.ts';
import { createCallPath } from '../../../src/call/call-path.ts';
import { parseConfig } from '../../../src/cli/config.ts';
import { sandboxCredentials, sandboxRegion } from '../../../src/sandbox/index.ts';
import { on } from '../../scenarios/cases/case.ts';
import { auditedWrites, auditLines, ownFolder } from '../../support/audit.ts';
import { setHome } from '../../support/home.ts';

/** What all open files share. */
let openFile: FileHandle;
beforeAll(async () => {
  const file = await open(devNull);
  openFile = Object.getPrototypeOf(file);
  await file.close();
});

/** Has every open file flush its data in another way. @returns its end */
function flushBy(sync: FileHandle['sync']): () => void {
  const spy = vi.spyOn(openFile, 'sync').mockImplementation(sync);
  return () => spy.mockRestore();
}

const attempt = {
  who: 'ann',
  caller: { key: 'stdio' },
  tool: 'clone_backend',
  account: '123456789012',
  region: 'us-east-1',
  request: { operation: 'CloneBackend', method: 'POST', path: '/backend/d1', body: {} },
  decision: 'allowed',
};

function create() {
  const path = join(ownFolder(), 'audit.jsonl');
  const failures: string[] = [];
  const audit = new Audit(new AuditFile(path), (what, thrown) => {
    failures.push(`${what}: ${thrown}`);
  });
  return { audit, path, failures };
}

const fails = async () => {
  throw new Error('EIO');
};

describe('a disk that does not confirm a line', () => {
  it('refuses the write, which is recorded as not sent', async () => {
    const { audit, path, failures } = create();
    const restore = flushBy(fails);
    await expect(audit.begin(attempt)).rejects.toMatchObject({ code: 'audit_unavailable' });
    restore();
    await audit.settle();
    const [lines, ...others] = auditedWrites(path);
    expect(others).toEqual([]);
    expect(lines?.[0]).toMatchObject({ phase: 'attempt' });
    expect(lines?.[1]).toMatchObject({ outcome: 'not_sent', reason: 'audit_unavailable' });
    expect(failures[0]).toMatch(/^attempt: /);
  });

  it('writes a failed result again with the next line', async () => {
    const { audit, path, failures } = create();
    const finish = await audit.begin(attempt);
    const restore = flushBy(fails);
    await finish({ outcome: 'ok', jobId: 'j-1' });
    expect(failures).toEqual([expect.stringMatching(/^result: /)]);
    restore();
    await (await audit.begin(attempt))({ outcome: 'throttled' });
    await audit.settle();
    expect(auditLines(path).filter(line => 'jobId' in line && line.jobId === 'j-1')).toHaveLength(2);
    expect(auditLines(path).at(-1)).toMatchObject({ outcome: 'throttled' });
  });
});

describe('the end of the process', () => {
  it('waits for answers that come in time, and records the others as unknown', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { audit, path } = create();
    const [soon, late] = [await audit.begin(attempt), await audit.begin(attempt)];
    const settled = audit.settle();
    await expect(audit.begin(attempt)).rejects.toMatchObject({ code: 'audit_unavailable' });
    await soon({ outcome: 'ok' });
    await vi.runOnlyPendingTimersAsync();
    await settled;
    await late({ outcome: 'ok' });
    expect(auditedWrites(path).map(([, second, ...more]) => [second, more])).toMatchObject([
      [{ outcome: 'ok' }, []],
      [{ outcome: 'unknown', reason: 'server_ended' }, []],
    ]);
  });

  it('waits no longer than for the last answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { audit, path } = create();
    const finish = await audit.begin(attempt);
    const settled = audit.settle();
    await finish({ outcome: 'ok' });
    await settled;
    expect(auditLines(path)[1]).toMatchObject({ outcome: 'ok' });
  });

  it('does not wait without a write under way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { audit } = create();
    await (await audit.begin(attempt))({ outcome: 'ok' });
    await audit.settle();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('at once records writes under way and lines that were not flushed', async () => {
    const { audit, path } = create();
    const open = await audit.begin(attempt);
    const finish = await audit.begin({ ...attempt, who: 'ben' });
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    flushBy(() => held);
    const finishing = finish({ outcome: 'ok' });
    const beginning = audit.begin({ ...attempt, who: 'cid' });
    audit.abandon();
    release();
    await finishing;
    await expect(beginning).rejects.toMatchObject({ code: 'audit_unavailable' });
    await open({ outcome: 'ok' });
    const of = (who: string) => auditLines(path).filter(line => line.who === who && line.phase === 'result');
    expect(of('ann')).toMatchObject([{ outcome: 'unknown', reason: 'server_ended' }]);
    // The same line twice, of which the first may not have got there.
    expect(new Set(of('ben').map(({ id }) => id)).size).toBe(1);
    expect(of('ben')[0]).toMatchObject({ outcome: 'ok' });
    expect(of('cid')).toMatchObject([{ outcome: 'not_sent', reason: 'server_ended' }]);
  });
});

describe('a call', () => {
  const home = setHome({});
  const clone = on('dev', { targetEnvironmentName: 'qa' });

  function createPath(begin: Audit['begin']) {
    const targets = createTargets({
      targets: {},
      fallback: { endpoint: home.sandbox.url, region: sandboxRegion, credentials: sandboxCredentials },
      userAgent: 'test/1',
    });
    return createCallPath({
      targets,
      policy: parseConfig({ flags: { confirm: 'never' } }),
      revealSecrets: false,
      recorder: { called: () => undefined },
      audit: { begin, person: { who: 'ann' } },
    });
  }

  it.each([
    ['ok', clone],
    ['bad_request', { ...clone, targetEnvironmentName: 'prod' }],
  ])('is answered (%s) only once its second line is on disk', async (outcome, args) => {
    const news: string[] = [];
    let written = () => {};
    const onDisk = new Promise<void>(resolve => {
      written = resolve;
    });
    const finish: Finish = async result => {
      news.push(result.outcome);
      await onDisk;
      news.push('on disk');
    };
    const answered = createPath(async () => finish)
      .callOperation('clone_backend', args)
      .then(
        () => news.push('answered'),
        () => news.push('answered'),
      );
    await expect.poll(() => news).toEqual([outcome]);
    // Whatever else the call would do before it answers has had its time.
    await new Promise(resolve => setImmediate(resolve));
    await home.sandbox.requests();
    expect(news).toEqual([outcome]);
    written();
    await answered;
    expect(news).toEqual([outcome, 'on disk', 'answered']);
  });

  it('is not sent before its first line is on disk', async () => {
    let written = (_: Finish) => {};
    const begun = new Promise<Finish>(resolve => {
      written = resolve;
    });
    let asked = 0;
    const begin: Audit['begin'] = async () => {
      asked += 1;
      return begun;
    };
    const answered = createPath(begin).callOperation('clone_backend', clone);
    await expect.poll(() => asked).toBe(1);
    await new Promise(resolve => setImmediate(resolve));
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual([]);
    written(async () => undefined);
    await answered;
    expect(await home.sandbox.verdicts('CloneBackend')).toHaveLength(1);
  });
});
