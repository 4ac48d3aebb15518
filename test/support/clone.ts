/** What the scenarios of `clone_environment` share: "clone dev to qa" in one call. */
import type { Json } from './child.ts';
import type { ToolResult } from './clients.ts';
import type { Scene } from './scene.ts';

export const sentence = { app: 'shop', from: 'dev', to: 'qa' };

export const callOn =
  (scene: Scene) =>
  (more: Json = {}): Promise<ToolResult> =>
    scene.client.callTool('clone_environment', { ...sentence, ...more });

/** Calls, and lets the job end once it was asked for. */
export const cloneOn = (scene: Scene) => async () => {
  const answer = callOn(scene)();
  await scene.sandbox.arrival('GetBackendJob');
  scene.sandbox.finishJobs();
  return answer;
};

export const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
