/** The templates of the nested stacks of an environment that was created in the sandbox. */

import { entriesOf } from '../load/meta.ts';
import { templateOf } from '../load/templates.ts';
import type { Environment } from '../resources.ts';
import { unmanagedEntries } from '../unmanaged-resources.ts';
import { apiTemplate, authTemplate, storageTemplate, type Template } from './templates.ts';

/** In order of deployment. @param name of the environment */
export function templatesOf(
  { auth, storage, api, unmanaged }: Pick<Environment, 'auth' | 'storage' | 'api' | 'unmanaged'>,
  name: string,
): readonly Template[] {
  const facts = { environment: name, userPoolId: auth?.userPoolId };
  const others = entriesOf(unmanagedEntries(unmanaged, facts));
  const isFunction = ({ category }: { readonly category: string }) => category === 'function';
  const made = (entries: typeof others) => entries.map(entry => templateOf(entry, name));
  return [
    auth && authTemplate(auth),
    storage && storageTemplate(storage),
    ...made(others.filter(isFunction)),
    api && apiTemplate(api, name),
    ...made(others.filter(entry => !isFunction(entry))),
  ].filter(found => found !== undefined);
}
