/**
 * Parses an amplify-meta that was not written by the sandbox. The parser is the sandbox's own: with the server's
 * parser, it would agree with that parser's mistakes.
 */
import { isObject, type Json, objectOf, textOf } from '../../lib/json.ts';

/** A resource of a loaded environment. */
export interface LoadedEntry {
  readonly category: string;
  readonly name: string;
  readonly service: string;
  readonly isImported: boolean;
  readonly isDeployed: boolean;
  readonly outputs: Json;
  readonly facts: Json;
}

/** The parsed document; undefined if the text is not JSON, for instance after a merge conflict. */
export function parseMeta(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The Amplify CLI writes these outputs before a resource is deployed. */
const outputsBeforeDeployment = ['authConfig', 'securityType'];

/** All resources in a meta. */
export function entriesOf(meta: Json): LoadedEntry[] {
  return Object.entries(meta).flatMap(([category, resources]) =>
    category === 'providers' || !isObject(resources)
      ? []
      : Object.entries(resources).flatMap(([name, facts]) => {
          if (!isObject(facts)) return [];
          const outputs = objectOf(facts.output);
          return [
            {
              ...{ category, name, outputs, facts },
              service: textOf(facts.service) ?? '',
              isImported: facts.serviceType === 'imported',
              isDeployed: Object.keys(outputs).some(output => !outputsBeforeDeployment.includes(output)),
            },
          ];
        }),
  );
}

/** The root stack that a meta names. In a text that is not JSON, the members are found by their names. */
export function stackIn(
  text: string,
  meta: Json | undefined,
): { name?: string; id?: string; bucket?: string } {
  const cloud = objectOf(objectOf(meta?.providers).awscloudformation);
  const found = (member: string) =>
    meta ? textOf(cloud[member]) : text.split(`"${member}"`)[1]?.split('"')[1];
  const [name, id, bucket] = ['StackName', 'StackId', 'DeploymentBucketName'].map(found);
  return {
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(bucket !== undefined && { bucket }),
  };
}

/** The meta without a resource, and without its category if that is empty then. */
export function withoutResource(meta: Json, category: string, name: string): Json {
  const { [name]: _, ...others } = objectOf(meta[category]);
  const { [category]: __, ...rest } = meta;
  return Object.keys(others).length === 0 ? rest : { ...meta, [category]: others };
}
