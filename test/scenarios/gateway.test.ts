/**
 * API Gateway, Express or a proxy answers in place of AmplifyBackend: a read is tried again, a write of
 * unknown outcome is checked and not repeated, and no page reaches a model.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { type ToolResult, textOf, today } from '../support/clients.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;

const { connect } = today;
/** Each group has its own server, because failures use up the SDK's allowance of retries. */
const set = () => setScene(connect, [], { jobMs: 10_000 });

const html = (status: number) => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!DOCTYPE html><html><head><style>p{}</style></head><body><p>Please sign in &amp; go on</p>${'<i>x</i>'.repeat(9_000)}`,
});

const pages: [what: string, answer: unknown][] = [
  ['a 404 of Express', 'page-404'],
  ['a 500 of Express', 'page-500'],
  ['a 200 of a sign-in portal', html(200)],
  ['a redirect', html(302)],
  ['a 404 of a proxy', html(404)],
  ['a 404 without a body', { status: 404 }],
  ['a text without a type', { status: 503, body: 'upstream connect error' }],
  [
    'a page that says it is JSON',
    { status: 404, headers: { 'content-type': 'application/json' }, body: '<p>' },
  ],
];

/** Expects no markup and no message of a parser in what a model reads. */
function expectNoPage(result: ToolResult): void {
  const everything = JSON.stringify([result.content, result.structuredContent]);
  expect(everything).not.toMatch(/<|doctype|u003c|Unexpected|Deserialization|UnknownError|xxxx/i);
  expect(everything.length).toBeLessThan(2_500);
}

const readOn = ({ client }: Scene) => client.callTool('get_backend', { appId });
const cloneOn = ({ client }: Scene, to = 'qa') =>
  client.callTool('clone_backend', on('dev', { targetEnvironmentName: to }));
const environmentsOn = async (scene: Scene) => (await readOn(scene)).structuredContent.backendEnvironmentList;

describe.each(pages)('%s', (_, answer) => {
  const scene = set();
  const order = (operation: string, kind: 'answer-before' | 'answer-after', times = 1) =>
    scene.sandbox.order(operation, kind, { answer, times });

  it('that lasts fails a read as retryable', async () => {
    await order('GetBackend', 'answer-before', 20);
    const result = await readOn(scene);
    expect(errorOf(result)).toMatchObject({ code: 'service_unavailable', retryable: true });
    expect(textOf(result)).toMatch(/What answered (at 127\.0\.0\.1 .*)?was not the service/);
    expectNoPage(result);
  });

  it('never counts as a write that was done, or an environment that is gone', async () => {
    await order('CloneBackend', 'answer-before', 2);
    await order('GetBackend', 'answer-before', 50);
    await order('ListBackendJobs', 'answer-before', 50);
    const result = await cloneOn(scene);
    expect(result.isError).toBe(true);
    expect(['unreachable', 'outcome_unknown']).toContain(errorOf(result).code);
    expect(textOf(result)).not.toContain('exist');
    expectNoPage(result);
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:answer-before']);
  });
});

describe('a read', () => {
  const scene = set();

  it.each([
    ['page-404'],
    ['page-500'],
    ['gateway-timeout'],
    ['bad-gateway'],
    ['too-many-requests'],
    ['limit-exceeded'],
  ])('is sent again after %s', async answer => {
    await scene.sandbox.order('GetBackend', 'answer-before', { answer });
    expect(await environmentsOn(scene)).toEqual(['dev', 'prod', 'partner']);
    expect(await scene.sandbox.verdicts('GetBackend')).toEqual(['fault:answer-before', 'ok']);
  });

  it('shows a short quoted excerpt of the page', async () => {
    await scene.sandbox.order('GetBackend', 'answer-before', { answer: html(502), times: 9 });
    expect(errorOf(await readOn(scene)).message).toMatch(
      /\(HTTP 502: "p\{\} Please sign in &amp; go on [x …]{0,120}"\)\.$/,
    );
  });
});

describe('a clone for which the gateway times out', () => {
  const scene = set();
  const giveUp = (delayMs: number) =>
    scene.sandbox.order('CloneBackend', 'answer-after', { answer: 'gateway-timeout', delayMs });
  const whole = () => scene.client.callTool('clone_environment', { app: appId, from: 'dev', to: 'uat' });

  it('is found while it runs', async () => {
    await giveUp(1_500);
    const result = await cloneOn(scene);
    expect(result.structuredContent.job).toMatchObject({ operation: 'CloneBackend', state: 'running' });
    expect(textOf(result)).toContain('The answer to CloneBackend was lost; its job');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:answer-after']);
  });

  it('is not sent again before its effect is visible, and is continued afterwards', async () => {
    await giveUp(20_000);
    const lost = await whole();
    expect(errorOf(lost)).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(textOf(lost)).toMatch(/\(HTTP 504\) while the work behind it goes on.*nothing was found yet/);
    // It arrives, and then its job ends.
    for (let times = 0; times < 3; times++) scene.sandbox.finishJobs();
    await environmentsOn(scene);
    scene.sandbox.finishJobs();
    expect((await whole()).structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:answer-after']);
  }, 30_000);

  it('is not sent again even if it was never executed, which is unknown', async () => {
    await scene.sandbox.order('CloneBackend', 'answer-before', { answer: html(504) });
    expect(errorOf(await cloneOn(scene, 'stage'))).toMatchObject({
      code: 'outcome_unknown',
      retryable: false,
    });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:answer-before']);
  }, 30_000);
});

describe('a write that the gateway refused', () => {
  const scene = set();
  it.each([
    ['denied', 'denied', 'access_denied', /AWS says \(quoted data\): "User: arn:.*CloneBackend/],
    [
      'too-large',
      'too-large',
      'bad_request',
      /AWS says \(quoted data\): "Request Too Long"[\s\S]*shorten the longest argument/,
    ],
    ['page-404', 'page-404', 'unreachable', /HTTP 404: "Error Cannot POST \/backend\/.*AWS_ENDPOINT_URL/s],
    ['a page with a 403', html(403), 'access_denied', /HTTP 403: "p\{\} Please.*proxy or a firewall/s],
  ])('%s, sent once', async (_, answer, code, words) => {
    await scene.sandbox.order('CloneBackend', 'answer-before', { answer });
    const result = await cloneOn(scene);
    expect(errorOf(result)).toMatchObject({ code });
    expect(textOf(result)).toMatch(words);
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:answer-before']);
  });

  it.each([
    ['too-many-requests', 'too-many-requests'],
    ['limit-exceeded', 'limit-exceeded'],
    ['a page with a 429', html(429)],
  ])('%s is throttling, and the write is sent again', async (_, answer) => {
    await scene.sandbox.order('CloneBackend', 'answer-before', { answer });
    expect((await cloneOn(scene)).isError).toBeFalsy();
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:answer-before', 'ok']);
  });
});

describe('a clone that was executed although the answer was throttling', () => {
  const scene = set();

  it.each(['too-many-requests', 'limit-exceeded'])(
    '%s ends with its job',
    async answer => {
      await scene.sandbox.order('CloneBackend', 'answer-after', { answer, times: 2 });
      const result = await cloneOn(scene);
      expect(result.structuredContent.job).toMatchObject({ operation: 'CloneBackend', state: 'running' });
      expect(textOf(result)).not.toContain('nothing was changed');
    },
    30_000,
  );
});
