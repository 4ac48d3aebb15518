/** Which stack an environment's meta names. */

/** A stack as a meta names it. */
export interface NamedStack {
  readonly name?: string;
  /** Its ARN. */
  readonly id?: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';

/** Reads it of a parsed amplify-meta; empty where it names none, as that of an environment never deployed. */
export function namedStack(meta: unknown): NamedStack {
  const { providers } = isObject(meta) ? meta : {};
  const { awscloudformation } = isObject(providers) ? providers : {};
  const { StackName, StackId } = isObject(awscloudformation) ? awscloudformation : {};
  return {
    ...(typeof StackName === 'string' && StackName !== '' && { name: StackName }),
    ...(typeof StackId === 'string' && StackId !== '' && { id: StackId }),
  };
}
