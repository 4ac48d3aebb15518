/** The templates of everything that an environment of the sandbox's own making holds. */
import { furtherEntries } from '../further-resources.ts';
import { entriesOf } from '../load/meta.ts';
import { templateOf } from '../load/templates.ts';
import type { Environment } from '../resources.ts';
import { apiTemplate, authTemplate, storageTemplate, type Template } from './templates.ts';

/** In the order in which they are deployed. @param name of the environment */
export function templatesOf(
  { auth, storage, api, further }: Pick<Environment, 'auth' | 'storage' | 'api' | 'further'>,
  name: string,
): readonly Template[] {
  const surroundings = { environment: name, userPoolId: auth?.userPoolId };
  const others = entriesOf(furtherEntries(further, surroundings));
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
