/** What a decision names besides its changes. */
import { expect, it } from 'vitest';
import type { ReadEnvironment } from '../../../src/environment/index.ts';
import { decide } from '../../../src/tools/change-environment/decide.ts';
import type { ToolContext } from '../../../src/tools/define.ts';

const ref = { appId: 'd1sandboxshop', backendEnvironmentName: 'dev' };
const config = { permissions: { authenticated: ['READ'] }, serviceName: 'S3' };

it('names the resource that is changed where the category has several', async () => {
  const current = {
    existing: { storage: { resourceName: 'ownfiles', config, others: ['adminfiles'] } },
    ...{ pending: [], userPoolId: undefined, changedApiLately: false },
    environment: {} as ReadEnvironment,
  };
  const decided = (permissions: object) =>
    decide({} as ToolContext, ref, 'storage', current, { permissions });
  const { resourceName, notes } = await decided({ unAuthenticated: ['READ'] });
  expect(resourceName).toBe('ownfiles');
  expect(notes).toEqual(['The storage that is changed is ownfiles; adminfiles stays as it is.']);
  expect((await decided({ authenticated: ['READ'] })).notes).toEqual([]);
});
