/**
 * The question on a plan's page: what the model reads, and what only the page gets. Confirmations are simulated; the
 * clock stands still.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AnswerOptions, ConfirmationRequired } from '../../src/call/authorize/confirmation.ts';
import type { AskedCall } from '../../src/call/authorize/page-approval.ts';
import type { Plan } from '../../src/call/authorize/plan.ts';
import { APPROVAL_META_KEY, askOnPage, CHANGED, NOTHING_SENT } from '../../src/mcp/page-question.ts';
import { planText } from '../../src/mcp/plan-text.ts';

const plan: Plan = {
  account: '123456789012',
  region: 'us-east-1',
  request: { operation: 'DeleteBackend', method: 'POST', path: '/', body: {} },
  policy: 'allowed after a person has confirmed it',
  confirmation: { type: 'dev', goes: { dev: [] } },
};

const call: AskedCall = {
  tool: 'delete_backend',
  arguments: { appId: 'd1abc', backendEnvironmentName: 'dev' },
};

/** A question whose token names the plan that it was made for. */
const question = (options: Partial<AnswerOptions> = {}, of = plan) =>
  new ConfirmationRequired(of, async (method, asked) => `${method} ${JSON.stringify(asked)}`, {
    ...{ methods: ['typed', 'page'], ...options },
  });

const approvalIn = (asked: { readonly _meta?: object | undefined }) =>
  (asked._meta as Readonly<Record<string, unknown>>)[APPROVAL_META_KEY];

describe('a question on a page', () => {
  it('shows the model the plan and who decides, and gives the token to the page alone', async () => {
    vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
    onTestFinished(() => void vi.useRealTimers());
    const asked = await askOnPage(question(), call);
    const [content] = asked.content as { type: string; text: string }[];
    const text = content?.text ?? '';
    expect(text.startsWith(`${NOTHING_SENT}\n${planText(plan)}\nNext: The person reads the plan`)).toBe(true);
    const { error: shown } = asked.structuredContent as { error: { hint: string } };
    const { hint } = shown;
    expect(text.endsWith(`\nNext: ${hint}`)).toBe(true);
    const error = { ...question().facts(), hint };
    expect(asked).toEqual({
      content: [{ type: 'text', text }],
      structuredContent: { summary: text, error, plan },
      _meta: {
        'amplify-backend-mcp/approval': {
          ...call,
          approval: `page ${JSON.stringify(call)}`,
          type: 'dev',
          expiresAt: '2030-01-01T00:10:00.000Z',
        },
      },
    });
  });

  it('leaves out the token of an earlier question, which confirms nothing on a page', async () => {
    const again = { ...call, arguments: { ...call.arguments, confirmationToken: 'earlier' } };
    const asked = await askOnPage(question(), again);
    expect(approvalIn(asked)).toMatchObject({ ...call, approval: `page ${JSON.stringify(call)}` });
    expect(JSON.stringify(asked)).not.toContain('earlier');
  });

  it('says first, to the model and to the page, that it replaces an approved one', async () => {
    const asked = await askOnPage(question({ hasChanged: true }), call, CHANGED);
    const [content] = asked.content as { text: string }[];
    expect(content?.text.startsWith(`${CHANGED}${NOTHING_SENT}\n`)).toBe(true);
    expect(approvalIn(asked)).toMatchObject({ hasChanged: true });
  });

  it('has an empty name to type if the plan has none', async () => {
    const { confirmation: _, ...without } = plan;
    expect(approvalIn(await askOnPage(question({}, without), call))).toMatchObject({ type: '' });
    const expected = await askOnPage(question({ isExpected: true }, without), call);
    expect(expected.structuredContent).toMatchObject({ confirmation: { isNeeded: true, type: '' } });
  });
});

describe('a question of a tool that always asks', () => {
  const factsOf = async (of: Plan) => {
    const { structuredContent } = await askOnPage(question({ isExpected: true }, of), call);
    const { summary: _, plan: shown, ...facts } = structuredContent as Record<string, unknown>;
    expect(shown).toBe(of);
    return facts;
  };

  it('says what it is about and what to do next, in addition to the facts of a refusal', async () => {
    const facts = await factsOf({ ...plan, app: { id: 'd1abc', name: 'shop' }, environment: 'dev' });
    const nextStep = expect.stringMatching(/^The person reads the plan on the page/);
    expect(facts).toEqual({
      ...{ appId: 'd1abc', environment: 'dev' },
      confirmation: { isNeeded: true, type: 'dev', nextStep },
      error: { ...question().facts(), hint: nextStep },
    });
  });

  it('names no app and no environment if the plan has none', async () => {
    expect(Object.keys(await factsOf(plan)).sort()).toEqual(['confirmation', 'error']);
  });
});
