/** What is made when it is needed, and given back while nobody uses it. */
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

it('is made once for all who use it at once, and for those who come after', async () => {
  const { lent, made } = setUp();
  const uses = [1, 2, 3].map(add => lent.use(async thing => thing + add));
  expect(await Promise.all(uses)).toEqual([8, 9, 10]);
  expect(await lent.use(async thing => thing)).toBe(7);
  expect(made()).toBe(1);
});

it('is given back when nobody uses it, and made anew for the next', async () => {
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

it('is in use until what it was used for has failed, too', async () => {
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

it('that could not be made is made anew by the next who needs it', async () => {
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
