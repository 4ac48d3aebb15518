/** What calls that read at once tell each other, and what none may learn of another. */
import { describe, expect, it } from 'vitest';
import { createKeptReads, createWithKeptReads } from '../../src/call/kept-reads.ts';
import type { SharedReads } from '../../src/lib/shared-reads.ts';

/** A source whose answers show which read each is from. */
function setUp() {
  const keeping = createWithKeptReads(4);
  let reads = 0;
  const read = (shared: SharedReads, signal?: AbortSignal) => shared('stack', async () => ++reads, signal);
  return { keeping, read };
}

describe('reads of calls at the same time', () => {
  it('are passed to calls that had begun before, and to no later one', async () => {
    const { keeping, read } = setUp();
    const early = createKeptReads();
    await keeping(early, async shared => {
      expect(await keeping(createKeptReads(), other => read(other))).toBe(1);
      expect(await keeping(createKeptReads(), later => read(later))).toBe(2);
      expect(await read(shared)).toBe(1);
    });
    expect(await keeping(early, shared => read(shared))).toBe(1);
  });

  it('are passed to no call that began after they were sent, although another call joins', async () => {
    const { keeping } = setUp();
    let answer = (_: number) => {};
    const sent = new Promise<number>(resolve => {
      answer = resolve;
    });
    const first = keeping(createKeptReads(), shared => shared('stack', () => sent));
    await keeping(createKeptReads(), async shared => {
      const joined = keeping(createKeptReads(), other => other('stack', async () => 2));
      answer(1);
      expect(await Promise.all([first, joined])).toEqual([1, 1]);
      expect(await shared('stack', async () => 3)).toBe(3);
    });
  });

  it('are not passed to a call that is not reading at the time', async () => {
    const { keeping, read } = setUp();
    const idle = createKeptReads();
    await keeping(idle, async () => undefined);
    await keeping(createKeptReads(), other => read(other));
    expect(await keeping(idle, shared => read(shared))).toBe(2);
  });

  it('are made again where one failed', async () => {
    const { keeping, read } = setUp();
    await keeping(createKeptReads(), async shared => {
      const failing = keeping(createKeptReads(), other => other('stack', () => Promise.reject(Error('no'))));
      await expect(failing).rejects.toThrow('no');
      expect(await read(shared)).toBe(1);
    });
  });

  it('go on for the others when one call is cancelled', async () => {
    const { keeping, read } = setUp();
    const caller = new AbortController();
    await keeping(createKeptReads(), async shared => {
      const left = keeping(createKeptReads(), other => read(other, caller.signal));
      caller.abort();
      await expect(left).rejects.toMatchObject({ code: 'cancelled' });
      expect(await read(shared)).toBe(1);
      const gone = keeping(createKeptReads(), other => read(other, caller.signal));
      await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
      expect(await keeping(createKeptReads(), other => read(other))).toBe(2);
    });
  });
});
