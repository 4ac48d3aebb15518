/** Resources that are created when needed, and released while unused. */
import { expect, it } from 'vitest';
import { OnDemand } from '../../src/lib/on-demand.ts';

function setUp(make: () => Promise<number> = async () => 7) {
  const ended: number[] = [];
  let made = 0;
  const lent = new OnDemand(
    () => {
      made += 1;
      return make();
    },
    thing => ended.push(thing),
  );
  return { lent, ended, made: () => made };
}

it('is created once for concurrent and later uses', async () => {
  const { lent, made } = setUp();
  const uses = [1, 2, 3].map(add => lent.use(async thing => thing + add));
  expect(await Promise.all(uses)).toEqual([8, 9, 10]);
  expect(await lent.use(async thing => thing)).toBe(7);
  expect(made()).toBe(1);
});

it('is released when unused, and created again for the next use', async () => {
  const { lent, ended, made } = setUp();
  lent.release();
  await lent.use(async () => {
    lent.release();
  });
  expect(ended).toEqual([]);
  lent.release();
  lent.release();
  await lent.use(async () => undefined);
  expect([ended, made()]).toEqual([[7], 2]);
});

it('is in use until failed work has ended', async () => {
  const { lent, ended } = setUp();
  const use = lent.use(async () => {
    throw new Error('no');
  });
  lent.release();
  await expect(use).rejects.toThrow('no');
  expect(ended).toEqual([]);
  lent.release();
  await Promise.resolve();
  expect(ended).toEqual([7]);
});

it('is created again by the next use after a failed creation', async () => {
  let isBroken = true;
  const { lent, made } = setUp(async () => {
    if (isBroken) throw new Error('broken');
    return 7;
  });
  await expect(lent.use(async thing => thing)).rejects.toThrow('broken');
  isBroken = false;
  expect(await lent.use(async thing => thing)).toBe(7);
  expect(made()).toBe(2);
});
