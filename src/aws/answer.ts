/** AWS's answer as a reader may have it: strings that hold JSON parsed, secrets withheld. */
import type { Operation } from '../operations/define.ts';
import { redactBySchema, redactJson, redactText } from './redact.ts';

/** Operations whose own secret members may be shown when the setting `revealSecrets` is on. */
const revealable = new Set(['create_token', 'get_token', 'get_backend_auth']);

/**
 * Shapes an answer for its reader.
 * @param revealSecrets lets the secret members of the revealable operations through
 * @returns the answer, and a note for each member whose text was not the JSON that it should be
 */
export function shapeAnswer(operation: Operation, raw: Record<string, unknown>, revealSecrets: boolean) {
  const reveal = revealSecrets && revealable.has(operation.toolName);
  const answer = (reveal ? { ...raw } : redactBySchema(operation.sdkOutput, raw)) as Record<string, unknown>;
  const notes: string[] = [];
  for (const name of operation.holdsJson) {
    const value = raw[name];
    if (typeof value !== 'string') continue;
    try {
      answer[name] = redactJson(JSON.parse(value));
    } catch {
      answer[name] = redactText(value);
      notes.push(`${name} is not JSON; it is passed on as text.`);
    }
  }
  return { answer, notes };
}
