/** Shared by the scenarios of provision_environment: the declaration, the calls, and the steps that a result reports. */

import { appId } from '../scenarios/cases/case.ts';
import type { Json } from './child.ts';
import type { ToolResult } from './clients.ts';
import type { Scene } from './scene.ts';

export const schema = 'type Note @model @auth(rules: [{ allow: owner }]) { id: ID! text: String }';
export const sentence = { app: 'shop', environment: 'qa', auth: {}, api: { schema }, storage: {} };

export const writes = ['CreateBackend', 'CreateBackendAuth', 'CreateBackendAPI', 'CreateBackendStorage'];

export const callOn =
  (scene: Scene) =>
  (more: Json = {}, args: Json = sentence): Promise<ToolResult> =>
    scene.client.callTool('provision_environment', { ...args, ...more });

export const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
export const didOf = ({ structuredContent }: ToolResult) =>
  (structuredContent.steps as { step: string; did: string }[]).map(({ step, did }) => `${step}: ${did}`);
export const stepsText = ({ structuredContent }: ToolResult) =>
  (structuredContent.nextSteps as string[]).join('\n');

/** How often each write has reached AWS. */
export const sent = async (scene: Scene) =>
  Promise.all(writes.map(async name => (await scene.sandbox.verdicts(name)).length));

export const allCreated = ['environment: created', 'auth: created', 'api: created', 'storage: created'];
export const allLeft = allCreated.map(line => line.replace('created', 'left alone'));
export const like = `amplify-backend://apps/${appId}/environments/dev/snapshot`;
