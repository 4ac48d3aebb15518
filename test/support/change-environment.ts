/** Calls of `change_environment`, and what their tests look at. */
import type { Json } from './child.ts';
import type { ToolResult } from './clients.ts';
import type { Scene } from './scene.ts';

export const updates = ['UpdateBackendAuth', 'UpdateBackendAPI', 'UpdateBackendStorage'];
export const callOn =
  (scene: Scene) =>
  (args: Json, environment = 'dev'): Promise<ToolResult> =>
    scene.client.callTool('change_environment', { app: 'shop', environment, ...args });
export const sentOn = (scene: Scene) => async () =>
  Promise.all(updates.map(async name => (await scene.sandbox.verdicts(name)).length));
export const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
export const didOf = ({ structuredContent }: ToolResult) =>
  (structuredContent.steps as { step: string; did: string }[]).map(({ step, did }) => `${step}: ${did}`);

export interface Stored {
  readonly auth: { readonly config: Json };
  readonly api: { readonly config: Json };
  readonly storage: { readonly permissions: Json };
}

/** What the sandbox has of an environment, with its secrets. */
export async function stored({ sandbox }: Scene, name = 'dev'): Promise<Stored> {
  const { apps } = (await sandbox.state()) as {
    apps: Record<string, { environments: Record<string, Stored> }>;
  };
  return apps.d1sandboxshop?.environments[name] as Stored;
}

export const strict = {
  auth: { userPoolConfigs: { mfa: { MFAMode: 'ON' }, passwordPolicy: { minimumLength: 12 } } },
};
export const comment = 'type Comment @model @auth(rules: [{ allow: owner }]) { id: ID! text: String }';
