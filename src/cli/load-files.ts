/**
 * Reads what `sandbox --load` names: a file with the body of `POST /_sandbox/environments`, an `amplify-meta.json`, or
 * the folder of an app. Secrets are replaced before the sandbox gets them.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isAppId } from '../lib/app-id.ts';
import { isObject, type Json, objectOf, textOf } from '../lib/json.ts';
import { scrub, scrubText } from '../sandbox/index.ts';
import { ConfigError } from '../server/settings.ts';

const META = 'amplify-meta.json';

/** Where a folder may hold the meta: at its top, or where the Amplify CLI keeps the deployed and the local state. */
const places = [
  '.',
  '#current-cloud-backend',
  'backend',
  'amplify/#current-cloud-backend',
  'amplify/backend',
];

/** Gives an app id to each app whose meta has none of the valid form. Published metas may have any text in its place. */
class LoadedApps {
  readonly #ids = new Map<string, string>();

  /** @param appId the one in the meta @param otherwise identifies the app if the meta has none */
  idOf(appId: string, otherwise: string): string {
    if (isAppId(appId)) return appId;
    const key = appId || otherwise;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = `d1loadedapp${this.#ids.size === 0 ? '' : this.#ids.size + 1}`;
    this.#ids.set(key, id);
    return id;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new ConfigError(`flag --load: cannot read ${path} (${(thrown as NodeJS.ErrnoException).code})`);
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
};

const readIf = (path: string) => (existsSync(path) ? read(path) : undefined);

/** A document without its secrets; what cannot be parsed stays the text that it is, but for what looks like a key. */
function documentOf(text: string): unknown {
  const value = parse(text);
  return value === undefined ? scrubText(text) : scrub(value);
}

/** The environment in a stack name `amplify-<project>-<environment>-<digits>`. */
const environmentIn = (stackName: string | undefined) => {
  const parts = stackName?.split('-') ?? [];
  return parts[0] === 'amplify' && parts.length >= 4 ? parts.slice(2, -1).join('-') : undefined;
};

/** The body for a single meta file. */
function bodyOf(meta: unknown, path: string, apps: LoadedApps): Json {
  const cloud = objectOf(objectOf(objectOf(meta).providers).awscloudformation);
  return {
    appId: apps.idOf(textOf(cloud.AmplifyAppId) ?? '', resolve(path)),
    environment: environmentIn(textOf(cloud.StackName)) ?? 'dev',
    meta,
  };
}

/** The schemas of an app's GraphQL APIs, by name; a folder of `.graphql` files is one schema. */
function schemasIn(folder: string): Record<string, string> {
  const api = join(folder, 'api');
  const names = existsSync(api) ? readdirSync(api) : [];
  const found = names.flatMap(name => {
    const file = [join(api, name, 'schema.graphql'), join(api, name, 'build', 'schema.graphql')].find(
      existsSync,
    );
    const parts = join(api, name, 'schema');
    if (file !== undefined) return [[name, scrubText(read(file))]];
    if (!existsSync(parts)) return [];
    const texts = readdirSync(parts).filter(part => part.endsWith('.graphql'));
    return [[name, texts.map(part => scrubText(read(join(parts, part)))).join('\n')]];
  });
  return Object.fromEntries(found);
}

/** Stacks as they were deployed: `<name>.template.json` with `<name>.parameters.json` and `<name>.outputs.json`. */
function stacksIn(folder: string): Json[] {
  const stacks = join(folder, 'stacks');
  if (!existsSync(stacks)) return [];
  const listOf = (name: string, kind: string) => {
    const value = scrub(parse(readIf(join(stacks, `${name}.${kind}.json`)) ?? '[]'));
    return Array.isArray(value) ? value.filter(isObject) : [];
  };
  return readdirSync(stacks)
    .filter(file => file.endsWith('.template.json'))
    .map(file => {
      const name = file.slice(0, -'.template.json'.length);
      const template = scrub(parse(read(join(stacks, file))));
      const isRead = isObject(template);
      return {
        ...{ name, parameters: listOf(name, 'parameters'), outputs: listOf(name, 'outputs') },
        ...(isRead && { template }),
      };
    });
}

function folderBody(folder: string, apps: LoadedApps): Json {
  const place = places.map(one => join(folder, one)).find(one => existsSync(join(one, META)));
  if (place === undefined) throw new ConfigError(`flag --load: ${folder} has no ${META}`);
  const single = readIf(join(place, 'schema.graphql'));
  const schema = single === undefined ? schemasIn(place) : scrubText(single);
  const flags = [place, folder, join(folder, 'amplify')]
    .map(one => readIf(join(one, 'cli.json')))
    .find(Boolean);
  const stacks = stacksIn(place);
  return {
    ...bodyOf(documentOf(read(join(place, META))), folder, apps),
    appName: basename(resolve(folder)).replace(/[^\w.-]/g, '') || 'loaded',
    ...(flags !== undefined && { flags: scrubText(flags) }),
    ...((typeof schema === 'string' || Object.keys(schema).length > 0) && { schema }),
    ...(stacks.length > 0 && { stacks }),
  };
}

function bodiesOf(path: string, apps: LoadedApps): Json[] {
  if (!existsSync(path)) throw new ConfigError(`flag --load: there is no ${path}`);
  if (statSync(path).isDirectory()) return [folderBody(path, apps)];
  const text = read(path);
  const value = parse(text);
  if (Array.isArray(value)) return value.map(item => objectOf(scrub(item)));
  if (isObject(value) && Object.hasOwn(value, 'appId')) return [objectOf(scrub(value))];
  return [bodyOf(documentOf(text), path, apps)];
}

/**
 * Reads files and folders into the bodies that the sandbox loads. Different apps have different ids.
 * @throws ConfigError naming what cannot be read
 */
export function readEnvironmentFiles(paths: readonly string[]): Json[] {
  const apps = new LoadedApps();
  return paths.flatMap(path => bodiesOf(path, apps));
}
