/** Starts the slowest test files first, so that none of them runs alone at the end, and compiles the files of a large run. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { compileTests } from '../scripts/compiled-tests.mjs';

/** From this number of files on, compiling them saves more time than it takes. */
const MANY_FILES = 30;

/**
 * The test files that take longest, the slowest first, by the durations that a whole run reports, with two exceptions. Two
 * that compute all the time come after those that mostly wait, so that these have something beside them. Those that
 * drive a browser come after the first fifty: Playwright turns on Node's async hooks, which cost some percent of all that its
 * worker runs from then on.
 */
export const slowest: readonly string[] = [
  'test/scenarios/provision-failures.test.ts',
  'test/scenarios/clone-environment-failures.test.ts',
  'test/scenarios/gateway.test.ts',
  'test/scenarios/wait.test.ts',
  'test/scenarios/writes-callers.test.ts',
  'test/scenarios/hostile-texts.test.ts',
  'test/scenarios/hostile.test.ts',
  'test/scenarios/decommission.test.ts',
  'test/scenarios/at-once.test.ts',
  'test/scenarios/long-input.test.ts',
  'test/canary-2026.test.ts',
  'test/canary-2025.test.ts',
  'test/scenarios/replicas.test.ts',
  'test/scenarios/writes-truth.test.ts',
  'test/scenarios/in-migration.test.ts',
  'test/scenarios/decommission-several.test.ts',
  'test/scenarios/watch.test.ts',
  'test/agents/agents.test.ts',
  'test/scenarios/replica-sessions.test.ts',
  'test/scenarios/provision-answer.test.ts',
  'test/scenarios/audit-end.test.ts',
  'test/scenarios/provision-writes.test.ts',
  'test/scenarios/provision.test.ts',
  'test/scenarios/clone-environment.test.ts',
  'test/scenarios/migration-tools.test.ts',
  'test/scenarios/workflow-tasks.test.ts',
  'test/scenarios/gen2-elsewhere.test.ts',
  'test/scenarios/confirm-by.test.ts',
  'test/scenarios/rights.test.ts',
  'test/scenarios/take-inventory.test.ts',
  'test/scenarios/change-environment.test.ts',
  'test/cli/commands.test.ts',
  'test/scenarios/confirm.test.ts',
  'test/scenarios/lifetime.test.ts',
  'test/patterns.test.ts',
  'test/scenarios/obstacles.test.ts',
  'test/server/used-confirmations.test.ts',
  'test/scenarios/change-environment-jobs.test.ts',
  'test/scenarios/plan-page.test.ts',
  'test/scenarios/replica-trust.test.ts',
  'test/scenarios/hosted.test.ts',
  'test/scenarios/writes.test.ts',
  'test/scenarios/all-tools.test.ts',
  'test/scenarios/in-migration-questions.test.ts',
  'test/scenarios/named-jobs.test.ts',
  'test/scenarios/export.test.ts',
  'test/scenarios/shown-environments.test.ts',
  'test/scenarios/plan-page-hosted.test.ts',
  'test/scenarios/audit.test.ts',
  'test/scenarios/plan-page-answers.test.ts',
  'test/ui/plan-outcome.test.ts',
  'test/ui/plan.test.ts',
  'test/ui/following.test.ts',
  'test/ui/settings.test.ts',
  'test/ui/plan-board.test.ts',
  'test/ui/shell.test.ts',
  'test/ui/views.test.ts',
  'test/ui/failures.test.ts',
  'test/cli/board.test.ts',
  'test/ui/history-calls.test.ts',
  'test/ui/history.test.ts',
  'test/http/board-sign-in.test.ts',
  'test/ui/console-link.test.ts',
  'test/ui/wide-tables.test.ts',
  'test/ui/views-texts.test.ts',
  'test/cli/install/command.test.ts',
  'test/scenarios/writes-stdio.test.ts',
  'test/scenarios/isolation.test.ts',
  'test/scenarios/clone-environment-unmanaged.test.ts',
  'test/http/bounds.test.ts',
  'test/scenarios/secrets.test.ts',
  'test/cli/call.test.ts',
  'test/scenarios/audit-file.test.ts',
  'test/sandbox/other-clients.test.ts',
  'test/scenarios/board.test.ts',
  'test/scenarios/seeded-environments.test.ts',
  'test/scenarios/compare.test.ts',
  'test/scenarios/plan-page-tools.test.ts',
  'test/scenarios/stdio.test.ts',
  'test/scenarios/operated.test.ts',
  'test/scenarios/answer-sizes.test.ts',
  'test/http/sessions.test.ts',
  'test/scenarios/clone.test.ts',
  'test/scenarios/dry-runs.test.ts',
  'test/docs.test.ts',
  'test/scenarios/explain.test.ts',
  'test/scenarios/app-left-out.test.ts',
  'test/scenarios/resources.test.ts',
  'test/scenarios/change-environment-answers.test.ts',
  'test/package.test.ts',
  'test/scenarios/recent-jobs.test.ts',
  'test/scenarios/replica-callers.test.ts',
  'test/scenarios/destroys.test.ts',
  'test/scenarios/compact.test.ts',
  'test/cli/pseudo-terminal.test.ts',
  'test/scenarios/questions.test.ts',
  'test/integrations.test.ts',
  'test/scenarios/describe.test.ts',
  'test/scenarios/answers.test.ts',
  'test/scenarios/unreadable-environments.test.ts',
  'test/intents/find-operation.test.ts',
];

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root, watch } = this.ctx.config;
    if (files.length >= MANY_FILES && !watch) await compileTests();
    const rankOf = ({ moduleId }: TestSpecification) => {
      const index = slowest.indexOf(relative(root, moduleId));
      return index < 0 ? slowest.length : index;
    };
    // A stable sort: the others stay in Vitest's order.
    return (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
