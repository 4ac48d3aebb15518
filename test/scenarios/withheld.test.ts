/** Answers with withheld secrets say once where a person gets them; create_token says it before it writes. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { setScene, shareClients } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const count = (text: string, part: string) => text.split(part).length - 1;
const nobody = /Nobody will see the challenge code.*--reveal-secrets/;
const pull = `amplify pull --appId ${appId} --envName`;

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect);

  it.each<[string, Json, string, string]>([
    ['get_backend', on('dev'), 'The API key is withheld', `${pull} dev`],
    ['get_backend_auth', on('dev', { resourceName: 'shopauth' }), 'client secret of a social', 'own console'],
    ['export_environment', { app: 'shop', environment: 'dev' }, 'client secret of a social', 'own console'],
    ['create_token', { appId }, 'The challenge code is withheld', pull],
  ])('%s says where a person gets what is withheld', async (tool, args, words, where) => {
    const result = await scene.client.callTool(tool, args);
    const { summary, notes } = result.structuredContent as { summary: string; notes: string[] };
    for (const whole of [textOf(result), summary, notes.join('\n')]) {
      expect(count(whole, words)).toBe(1);
      expect(whole).toContain(where);
    }
  });

  it('an answer without secrets says nothing of them', async () => {
    expect(textOf(await scene.client.callTool('list_apps'))).not.toContain('withheld');
  });
});

describe('create_token says who will see the code', () => {
  const { connect } = today;
  const plain = setScene(connect);
  const clients = shareClients(connect);
  const open = (...flags: string[]) => clients(plain.sandbox.env, flags);

  it('in its description', async () => {
    const tools = await plain.client.listTools();
    const description = tools.find(({ name }) => name === 'create_token')?.description;
    expect(description).toMatch(/Nobody sees its code unless .*revealSecrets.*amplify pull --appId/);
  });

  it('in a dry run', async () => {
    const { plan } = (await plain.client.callTool('create_token', { appId, dryRun: true })).structuredContent;
    expect((plan as { remarks: string[] }).remarks.join('\n')).toMatch(nobody);
    expect((plan as { remarks: string[] }).remarks.join('\n')).toContain(pull);
  });

  it('in the question to a person', async () => {
    const asking = await open('--confirm', 'writes');
    const result = await asking.callTool('create_token', { appId });
    expect(result.structuredContent).toMatchObject({ error: { code: 'confirmation_required' } });
    expect(textOf(result)).toMatch(nobody);
    expect(textOf(result)).toContain(pull);
    expect(await plain.sandbox.verdicts('CreateToken')).toEqual([]);
  });

  it('says that the model will see the secrets if the server reveals them', async () => {
    const revealing = await open('--reveal-secrets');
    const dry = await revealing.callTool('create_token', { appId, dryRun: true });
    expect(textOf(dry)).toContain('will be shown to the model');
    expect(textOf(dry)).not.toMatch(nobody);
    expect(textOf(await revealing.callTool('create_token', { appId }))).not.toContain('withheld');
  });
});
