/** The calls and resources that show one environment, `dev` of the app `shop`. */
import { appId, on } from '../scenarios/cases/case.ts';
import type { Json } from './child.ts';
import type { Scene } from './scene.ts';

export const environmentUri = `amplify-backend://apps/${appId}/environments/dev`;
export const dev = { app: 'shop', environment: 'dev' };

export function showOn(scene: Scene) {
  const call = (tool: string, args: Json) => scene.client.callTool(tool, args);
  return {
    call,
    load: (more: Json) => scene.sandbox.load({ environment: 'dev', ...more }),
    read: async (uri: string) => (await scene.client.readResource(uri)).contents[0]?.text ?? '',
    show: {
      get_backend: () => call('get_backend', on('dev')),
      describe_environment: () => call('describe_environment', dev),
      export_environment: () => call('export_environment', dev),
      provision_environment: () =>
        call('provision_environment', {
          ...{ app: 'shop', environment: 'fresh', like: `${environmentUri}/snapshot`, dryRun: true },
        }),
    },
  };
}
