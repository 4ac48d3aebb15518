/** Shapes AWS's answers for readers: documents are parsed and secrets withheld. */

import { readFeatureFlags, readMeta } from '../environment/meta.ts';
import { boundedText, LONGEST_META, LONGEST_SETTINGS, type Reading } from '../environment/read-text.ts';
import { createSlices } from '../lib/event-loop.ts';
import { redactTexts } from '../lib/redact.ts';
import { withholdSecretsIn } from '../lib/secret-values.ts';
import type { Operation } from '../operations/define.ts';
import { redactBySchema } from '../secrets/redaction.ts';

/** Operations whose own secret members may be shown when the setting `revealSecrets` is on. */
const revealable = new Set(['create_token', 'get_token', 'get_backend_auth']);

/** A parsed document, or a clause that says what is wrong with it: "is not JSON". */
type Document = { readonly value: unknown } | { readonly why: string };

const documentOf = (reading: Reading): Document =>
  reading.state === 'read' ? reading : { why: reading.state === 'absent' ? 'is absent' : reading.why };

/** Parses API models. Names do not show what is secret in them, since people choose the names of types and fields freely. */
function modelsIn(text: string): Document {
  try {
    return { value: redactTexts(JSON.parse(text)) };
  } catch {
    return { why: 'is not JSON' };
  }
}

const readers: Readonly<Record<string, (text: string) => Document | Promise<Document>>> = {
  amplifyMetaConfig: async text => {
    const meta = await readMeta(text);
    return meta.state === 'read' ? { value: meta.value } : { why: meta.why };
  },
  amplifyFeatureFlags: async text => documentOf(await readFeatureFlags(text)),
};

/**
 * Shapes an answer for its reader.
 * @param revealSecrets lets the secret members of the revealable operations through
 * @returns the answer, and a note for each document that cannot be read, with what is wrong with it
 */
export async function shapeAnswer(
  operation: Operation,
  raw: Record<string, unknown>,
  revealSecrets: boolean,
): Promise<{ readonly answer: Record<string, unknown>; readonly notes: string[] }> {
  const nextStep = createSlices();
  const reveal = revealSecrets && revealable.has(operation.toolName);
  const documents = operation.holdsJson.filter(name => typeof raw[name] === 'string');
  const rest = Object.fromEntries(Object.entries(raw).filter(([name]) => !documents.includes(name)));
  const shown = reveal ? rest : redactBySchema(operation.sdkOutput, rest);
  const answer = { ...raw, ...(shown as Record<string, unknown>) };
  const notes: string[] = [];
  await nextStep();
  for (const name of documents) {
    const text = boundedText(
      String(raw[name]),
      name === 'amplifyFeatureFlags' ? LONGEST_SETTINGS : LONGEST_META,
    );
    const document = await (readers[name] ?? modelsIn)(text);
    if ('value' in document) {
      answer[name] = document.value;
      continue;
    }
    answer[name] = withholdSecretsIn(text);
    notes.push(`${name} ${document.why}; it is shown as text.`);
  }
  return { answer, notes };
}
