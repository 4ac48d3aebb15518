/**
 * How a question is sent to a client and how its answer is read: which clients are shown a form, what forms
 * and plans contain, and what is said if no person can be asked. Confirmations are simulated.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { describe, expect, it, vi } from 'vitest';
import { type AnswerOptions, ConfirmationRequired } from '../../src/call/authorize/confirmation.ts';
import type { ConfirmationMethod } from '../../src/call/authorize/confirmation-token.ts';
import type { Plan } from '../../src/call/authorize/plan.ts';
import { ServerError } from '../../src/errors.ts';
import { asksForConfirmation, askToConfirm, failureResult, readForm } from '../../src/mcp/confirm.ts';
import { APPROVAL_META_KEY } from '../../src/mcp/page-question.ts';

const plan: Plan = {
  account: '123456789012',
  region: 'us-east-1',
  request: { operation: 'DeleteBackend', method: 'POST', path: '/', body: {} },
  policy: 'allowed after a person has confirmed it',
  confirmation: { type: 'dev', goes: { dev: [] } },
};

/** A question whose tokens name the confirmation method that they are for. */
const question = (answering?: AnswerOptions, of = plan) =>
  new ConfirmationRequired(of, async (way: ConfirmationMethod) => `token-${way}`, answering);

/** A client of the 2025 era states its capabilities once, one of the 2026 era with each request. */
function client(capabilities: object | undefined, era: 'legacy' | 'modern' = 'legacy') {
  const server = { server: { getClientCapabilities: () => (era === 'legacy' ? capabilities : undefined) } };
  const envelope = era === 'modern' ? { [CLIENT_CAPABILITIES_META_KEY]: capabilities } : undefined;
  return [server as unknown as McpServer, { mcpReq: { envelope } } as unknown as ServerContext] as const;
}

/** The tool that the client called. */
const called = { tool: 'delete_backend', arguments: { appId: 'd1abc', backendEnvironmentName: 'dev' } };

const withForms = client({ elicitation: {} });

/** The text of what a client is shown. */
function textOf(shown: object): string {
  const [first] = (shown as { readonly content?: readonly { readonly text?: string }[] }).content ?? [];
  return first?.text ?? '';
}

/** The request context in which a client's answer comes back. */
function answered(token: unknown, inputResponses: object | undefined): ServerContext {
  return { mcpReq: { requestState: () => token, inputResponses } } as unknown as ServerContext;
}

describe.each(['legacy', 'modern'] as const)('a client of the era %s', era => {
  it.each([
    ['that declares elicitation without a mode', { elicitation: {} }],
    ['that declares forms', { elicitation: { form: {} } }],
    ['that declares forms and forms by URL', { elicitation: { url: {}, form: {} } }],
  ])('%s is shown a form', async (_, capabilities) => {
    const asked = await askToConfirm(question(), ...client(capabilities, era), called);
    expect(asked).toMatchObject({
      inputRequests: {
        confirmation: {
          method: 'elicitation/create',
          params: {
            message: expect.stringMatching(
              /^DeleteBackend in account 123456789012[\s\S]*\nType dev to confirm\.$/,
            ),
            requestedSchema: {
              type: 'object',
              properties: { name: { type: 'string', title: 'Type dev to confirm' } },
              required: ['name'],
            },
          },
        },
      },
      requestState: 'token-typed',
    });
    expect(JSON.stringify(asked)).not.toContain('token-token');
  });

  it.each([
    ['that declares nothing', undefined],
    ['that declares something else', { sampling: {} }],
    ['that declares forms by URL alone', { elicitation: { url: {} } }],
  ])('%s is shown the plan and a token', async (_, capabilities) => {
    const asked = await askToConfirm(question(), ...client(capabilities, era), called);
    expect(asked).toMatchObject({
      isError: true,
      structuredContent: {
        error: { code: 'confirmation_required' },
        plan,
        confirmationToken: 'token-token',
      },
    });
    const { message, hint } = question();
    const text = textOf(asked);
    expect(text.split('\n')[0]).toBe(message);
    expect(text).toContain('\nDeleteBackend in account 123456789012');
    expect(text.endsWith(`\nNext: ${hint}\nconfirmationToken: token-token`)).toBe(true);
  });
});

describe('where the policy accepts one method', () => {
  it('a client with forms gets the plan and a token if only tokens are accepted', async () => {
    const asked = await askToConfirm(question({ methods: ['token'] }), ...withForms, called);
    expect(asked).toMatchObject({ structuredContent: { confirmationToken: 'token-token' } });
  });

  it('a client without forms gets no token if only forms are accepted', async () => {
    const asked = await askToConfirm(question({ methods: ['typed'] }), ...client({}), called);
    expect(asked).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'confirmation_unavailable' }, plan },
    });
    expect(asked.structuredContent).not.toHaveProperty('confirmationToken');
    expect(JSON.stringify(asked)).not.toMatch(/token-/);
    expect(JSON.stringify(asked)).not.toContain('by itself');
    expect(asked).toMatchObject({ content: [{ type: 'text' }] });
    const { hint } = new ServerError('confirmation_unavailable');
    expect(textOf(asked).endsWith(`\nNext: ${hint}`)).toBe(true);
  });

  const automaticAnswer = { action: 'cancel', afterMs: 12 } as const;
  const byItself =
    /^Your client answered the question with cancel by itself, within 12 ms: nobody was asked\. \S/;

  it.each<[string, ConfirmationMethod[], string]>([
    ['a token', ['token'], 'confirmation_required'],
    ['nothing else', [], 'confirmation_unavailable'],
  ])('a client that answered by itself is told so, and gets %s', async (_, methods, code) => {
    const asked = await askToConfirm(question({ methods, automaticAnswer }), ...withForms, called);
    const text = textOf(asked);
    expect(text).toMatch(byItself);
    expect(text.match(/by itself/g)).toHaveLength(1);
    expect(asked.structuredContent).toMatchObject({
      error: { code, message: expect.stringMatching(byItself) },
    });
  });

  it('a name that is not a plain word is quoted in the question', async () => {
    const of = { ...plan, confirmation: { type: 'dev\nThis stays: everything' } };
    const asked = JSON.stringify(await askToConfirm(question(undefined, of), ...withForms, called));
    expect(asked).toContain(JSON.stringify('Type "dev\\nThis stays: everything" to confirm').slice(1, -1));
  });
});

describe('a client that shows pages', () => {
  const automaticAnswer = { action: 'decline', afterMs: 12 } as const;
  const askedBy = (answering: AnswerOptions, [server, ctx] = client({})) =>
    askToConfirm(question(answering), server, ctx, called);

  it('is asked on the page if it shows no forms, with the token left out of the text', async () => {
    const asked = await askedBy({ methods: ['typed', 'page'] });
    expect(textOf(asked)).toMatch(/^Nothing was sent to AWS yet\./);
    expect(asked).toMatchObject({ _meta: { [APPROVAL_META_KEY]: { ...called, approval: 'token-page' } } });
    expect(JSON.stringify({ ...asked, _meta: undefined })).not.toContain('token-');
  });

  it('is asked with a form if it shows forms as well', async () => {
    expect(await askedBy({ methods: ['typed', 'page'] }, withForms)).toMatchObject({
      requestState: 'token-typed',
    });
  });

  it('is asked on the page, and told why, if it answered the form by itself', async () => {
    const asked = await askedBy({ methods: ['page'], automaticAnswer }, withForms);
    expect(textOf(asked)).toMatch(
      /^Your client answered the question with decline by itself, within 12 ms: nobody was asked\. Nothing was sent/,
    );
    expect(asked).toHaveProperty('_meta');
  });
});

describe('a tool that always asks', () => {
  const ask = (answering: Omit<AnswerOptions, 'isExpected'>) =>
    askToConfirm(question({ ...answering, isExpected: true }), ...client({}), called);

  it('answers with its plan and a token, and does not fail', async () => {
    const asked = await ask({ methods: ['token'] });
    const { hint, ...error } = question().facts();
    const text = textOf(asked);
    expect(text).toMatch(/^Nothing was sent to AWS yet\. This is the plan:\nDeleteBackend in account 1234/);
    expect(text.endsWith(`\nNext: ${hint}\nconfirmationToken: token-token`)).toBe(true);
    expect(asked).toEqual({
      content: [{ type: 'text', text }],
      structuredContent: {
        summary: text,
        confirmation: { isNeeded: true, type: 'dev', nextStep: hint },
        error: { ...error, hint },
        plan,
        confirmationToken: 'token-token',
      },
    });
  });

  it('fails if no method is left to ask by', async () => {
    const asked = await ask({ methods: [] });
    expect(asked).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'confirmation_unavailable' } },
    });
    expect(asked.structuredContent).not.toHaveProperty('confirmationToken');
  });

  it('fails if the client answered by itself, and says so', async () => {
    const automaticAnswer = { action: 'cancel', afterMs: 12 } as const;
    const asked = await ask({ methods: ['token'], automaticAnswer });
    expect(asked).toMatchObject({ isError: true, structuredContent: { confirmationToken: 'token-token' } });
    expect(textOf(asked)).toContain('by itself');
  });
});

describe('an answer', () => {
  it('is absent in a first round', () => {
    expect(readForm(answered(undefined, undefined))).toBeUndefined();
    expect(readForm(answered(7, undefined))).toBeUndefined();
  });

  it('has the typed text, the state of its question and its time', () => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(42);
    const typed = { confirmation: { action: 'accept', content: { name: 'dev' } } };
    expect(readForm(answered('t', typed))).toEqual({
      method: 'typed',
      token: 't',
      action: 'accept',
      typed: 'dev',
      arrivedAt: 42,
    });
  });

  it.each([
    ['without content', { action: 'accept' }],
    ['without a name', { action: 'accept', content: {} }],
    ['whose name is not a string', { action: 'accept', content: { name: true } }],
  ])('%s types nothing', (_, answer) => {
    expect(readForm(answered('t', { confirmation: answer }))).toMatchObject({
      action: 'accept',
      typed: undefined,
    });
  });

  it.each(['decline', 'cancel'])('is a %s if the client says so', action => {
    expect(readForm(answered('t', { confirmation: { action } }))).toMatchObject({ token: 't', action });
  });

  it.each([
    ['no answer', undefined],
    ['an answer to another question', { other: { action: 'accept', content: { name: 'dev' } } }],
  ])('counts as a cancel if the state comes back with %s', (_, responses) => {
    const form = readForm(answered('t', responses));
    expect(form).toMatchObject({ method: 'typed', token: 't', action: 'cancel' });
    expect(form).toHaveProperty('arrivedAt', expect.any(Number));
    expect(form).not.toHaveProperty('typed');
  });
});

describe('after the caller has gone', () => {
  it('a failure to create a token is reported', async () => {
    const noToken = async () => Promise.reject(new ServerError('seal_key_unusable', { message: 'No key.' }));
    const result = await failureResult(new ConfirmationRequired(plan, noToken));
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'seal_key_unusable', message: 'No key.' } },
    });
  });

  it('the plan comes with a token if tokens are accepted', async () => {
    expect((await failureResult(question())).structuredContent).toMatchObject({
      error: { code: 'confirmation_required' },
      confirmationToken: 'token-token',
    });
  });

  it('the plan comes with the call to repeat if only forms are accepted', async () => {
    const result = await failureResult(question({ methods: ['typed'] }));
    expect(result).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: expect.any(String) }],
      structuredContent: { plan },
    });
    expect(result.structuredContent).not.toHaveProperty('confirmationToken');
    expect(result.structuredContent).toMatchObject({
      error: { code: 'confirmation_required', hint: expect.stringContaining('asks the person then') },
    });
    const text = textOf(result);
    expect(text).toMatch(/asks the person then\.[\s\S]*\nDeleteBackend in account/);
  });

  it('another failure is reported unchanged', async () => {
    const result = await failureResult(new ServerError('throttled'));
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'throttled' } } });
  });
});

it('only a result that asks is a question', () => {
  expect(asksForConfirmation(question())).toBe(true);
  expect(asksForConfirmation(new ServerError('confirmation_invalid'))).toBe(false);
  expect(asksForConfirmation({ code: 'confirmation_required' })).toBe(false);
});
