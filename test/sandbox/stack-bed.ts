/** A sandbox for the tests of a file, put back before each, and CloudFormation's own client on it. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type StackReader, stackReader } from './stack-reader.ts';
import { startTestBed, type TestBed } from './support.ts';

/** The root stack of the seeded environment `dev`. */
export const devStack = 'amplify-shop-dev-101530';

export interface StackBed {
  bed: TestBed;
  stacks: StackReader;
}

/** Sets it up for the tests of the file; its members are there once these run. */
export function setStackBed(): StackBed {
  const made = {} as StackBed;
  beforeAll(async () => {
    made.bed = await startTestBed();
    made.stacks = stackReader(made.bed.url);
  });
  beforeEach(async () => {
    await made.bed.control('POST', 'reset');
  });
  afterAll(async () => {
    made.stacks.client.destroy();
    await made.bed.close();
  });
  return made;
}
