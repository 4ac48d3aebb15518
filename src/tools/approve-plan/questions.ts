/** Reads the state of a question on a plan's page, and closes it when the person decides against the call. Nothing is read from AWS. */
import type { Authorizer } from '../../call/authorize/authorize.ts';
import type { PageQuestion, QuestionState } from '../../call/authorize/page-approval.ts';
import { type Origin, type Recorder, runRecorded } from '../../call/record.ts';
import { approvePlan, readApprovalTool } from './index.ts';

export interface PlanQuestions {
  /** @throws ServerError confirmation_invalid */
  read(question: PageQuestion, origin: Origin): Promise<QuestionState>;
  /** Records that a person decided against the call. @throws ServerError confirmation_invalid, confirmation_used */
  close(question: PageQuestion, origin: Origin): Promise<void>;
}

export const createPlanQuestions = (
  approvals: Authorizer['approvals'],
  recorder: Recorder,
): PlanQuestions => ({
  read: (question, origin) =>
    runRecorded(recorder, readApprovalTool.toolName, origin, async () => ({
      outcome: await approvals.read(question),
    })),
  close: (question, origin) =>
    runRecorded(recorder, approvePlan.toolName, origin, async () => ({
      outcome: await approvals.close(question),
    })),
});
