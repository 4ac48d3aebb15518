/**
 * Checks a snapshot that comes back as an argument. It is foreign text: its length is bounded, and its settings are checked
 * by the schemas of the operations that will take them. A refusal says what to correct.
 */
import { z } from 'zod';
import { ServerError } from '../../../errors.ts';
import { longText, nameText } from '../../../operations/bounds.ts';
import { backendEnvironmentName } from '../../../operations/ids.ts';
import { operations } from '../../../operations/index.ts';
import { validateArguments } from '../../../operations/validate.ts';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION, type Snapshot } from './index.ts';

const MAX_LENGTH = 1_000_000;
const MAX_LISTED = 10_000;
const MOST_LINES = 20_000;

/** The schema of the settings that an operation takes. */
function configOf(toolName: string): z.ZodObject {
  const operation = operations.find(one => one.toolName === toolName);
  return operation?.input.shape.resourceConfig as z.ZodObject;
}

const name = nameText().min(1);
const names = z.array(name).max(MAX_LISTED);
const imported = z.record(name, name);

/**
 * The schema of a resource. An own one has the settings that the operation takes; the settings of an imported one are not
 * used. `imported` decides which schema applies, so that issues are about the right one. The meta `checkedBy` has both,
 * for code that walks through the schema.
 */
function resourceOf(config: z.ZodObject, more: Readonly<Record<string, z.ZodType>> = {}) {
  const own = z.strictObject({ resourceName: name, resourceConfig: config, ...more });
  const foreign = z.strictObject({ resourceName: name, imported, resourceConfig: z.unknown(), ...more });
  const check = z.unknown().transform((value, ctx) => {
    if (value === undefined) return undefined;
    const isForeign = value !== null && typeof value === 'object' && 'imported' in value;
    const parsed = (isForeign ? foreign : own).safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) ctx.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
  return check.meta({ checkedBy: [own, foreign] });
}

const apiConfig = configOf('create_backend_api').omit({ transformSchema: true });

/** The schema of the argument `snapshot`. */
export const document = z.strictObject({
  format: z.literal(SNAPSHOT_FORMAT, {
    error: `expected ${SNAPSHOT_FORMAT}: a document that export_environment wrote`,
  }),
  version: z.literal(SNAPSHOT_VERSION, {
    error: `this server reads version ${SNAPSHOT_VERSION} of the format`,
  }),
  exportedAt: nameText().optional(),
  app: z.strictObject({ appId: name, appName: name.optional() }),
  environment: backendEnvironmentName,
  region: name.optional(),
  auth: resourceOf(configOf('create_backend_auth')).optional(),
  api: resourceOf(apiConfig, { schema: z.array(longText()).max(MOST_LINES).optional() }).optional(),
  storage: resourceOf(configOf('create_backend_storage')).optional(),
  models: name.optional(),
  functions: names.optional(),
  hosting: names.optional(),
  others: z.array(z.unknown()).max(MAX_LISTED).optional(),
  featureFlags: z.looseObject({}).optional(),
  withheld: names.optional(),
  notes: z.array(longText()).max(MAX_LISTED).optional(),
});

/** The length of a value as JSON; infinite where it is nested too deep for `JSON.stringify`. */
function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** @throws ServerError invalid_arguments, naming each member that does not fit */
export function readSnapshotDocument(value: unknown): Snapshot {
  if (lengthOf(value) > MAX_LENGTH)
    throw new ServerError('invalid_arguments', {
      message: `snapshot is too long: it may have ${MAX_LENGTH} characters. Nothing was sent to AWS.`,
    });
  const tool = { toolName: 'provision_environment', toolInput: z.strictObject({ snapshot: document }) };
  return validateArguments(tool, { snapshot: value }).snapshot as Snapshot;
}
