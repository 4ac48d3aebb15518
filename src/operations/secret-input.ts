/**
 * Members that take a secret: a reference to a secret that the server knows, or a literal text. The list of these members
 * is derived from the schemas.
 */
import { z } from 'zod';
import { bounds, longText } from './bounds.ts';

/** A reference to a secret that the server knows. */
export interface SecretReference {
  $secret: string;
}

/** Some hosts refuse unions, so the tool list declares a text, and its description gives the form of a reference. */
const form = '{"$secret": NAME}, a name the server knows';

const MOST_OF_A_NAME = 64;

/** The error for an invalid value. It does not repeat the value, which may be the secret itself. */
const error = `expected ${form} (at most ${MOST_OF_A_NAME} letters, digits, _ and -), or text of at most ${bounds.text} characters`;

const reference = z.strictObject(
  {
    $secret: z
      .string({ error })
      .max(MOST_OF_A_NAME, { error })
      .regex(/^[A-Za-z0-9_-]+$/, { error }),
  },
  { error },
);

/** An optional member that takes a secret. */
export const secretInput = () =>
  z.union([longText(), reference], { error }).meta({ secret: true, description: form }).optional();

/** A longer text is not a reference. */
const LONGEST_REFERENCE = 200;

/** The reference that a text holds as JSON. Hosts that follow the listed type send it this way. */
export function referenceIn(text: string): SecretReference | undefined {
  if (text.length > LONGEST_REFERENCE || !text.includes('$secret')) return undefined;
  try {
    return reference.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The paths of all members that take a secret. */
export function secretInputsOf(type: z.core.$ZodType, path: readonly string[] = []): string[][] {
  if (type instanceof z.ZodOptional) return secretInputsOf(type.unwrap(), path);
  if (z.globalRegistry.get(type as z.ZodType)?.secret === true) return [[...path]];
  if (!(type instanceof z.ZodObject)) return [];
  return Object.entries(type.shape).flatMap(([name, member]) =>
    secretInputsOf(member as z.core.$ZodType, [...path, name]),
  );
}
