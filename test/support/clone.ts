/** What the scenarios of `clone_environment` share: "clone dev to qa" in one call. */
import type { Json } from './child.ts';
import type { ToolResult } from './clients.ts';
import type { Scene } from './scene.ts';

export const sentence = { app: 'shop', from: 'dev', to: 'qa' };

export const callOn =
  (scene: Scene) =>
  (more: Json = {}): Promise<ToolResult> =>
    scene.client.callTool('clone_environment', { ...sentence, ...more });

/** Calls the tool, and ends the job once the server has asked for it. */
export const cloneOn = (scene: Scene) => async () => {
  const answer = callOn(scene)();
  await scene.sandbox.arrival('GetBackendJob');
  scene.sandbox.finishJobs();
  return answer;
};

export const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
