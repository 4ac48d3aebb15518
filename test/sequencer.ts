/** Starts the slowest test files first, so that none of them is left alone at the end of a run. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take longest, the slowest first; they are found in the report of any run. */
export const slowest: readonly string[] = [];

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const rank = ({ moduleId }: TestSpecification) => {
      const index = slowest.indexOf(relative(root, moduleId));
      return index < 0 ? slowest.length : index;
    };
    // The sort is stable: all others stay in the order of Vitest.
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
