/**
 * An amplify-meta that somebody else wrote, as far as the sandbox needs it: with code of its own, so that it does not
 * agree with the mistakes of whoever reads it elsewhere.
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

/** The document; undefined where the text is none, as one with a merge conflict. */
export function parseMeta(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Outputs that stand there before anything is deployed. */
const outputsBeforeDeployment = ['authConfig', 'securityType'];

/** Every resource that it names. */
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

/** The stack that it names; of a text that is no JSON, what stands in it as such. */
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

/** The meta without a resource, and without its category where it was the only one in it. */
export function withoutResource(meta: Json, category: string, name: string): Json {
  const { [name]: _, ...others } = objectOf(meta[category]);
  const { [category]: __, ...rest } = meta;
  return Object.keys(others).length === 0 ? rest : { ...meta, [category]: others };
}
