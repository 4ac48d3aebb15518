/** When a question went out, as the state of its form carries it: how soon an answer comes tells a program's from a person's. */
import { createHash } from 'node:crypto';

/** A clock that does not go back. Times of one name can be compared, whoever took them. */
export interface SteadyClock {
  readonly name: string;
  /** Milliseconds. @throws where it cannot be asked */
  now(): Promise<number>;
}

/** The state of a form: by which clock the question went out, and when. */
const NOTE_BYTES = 8 + 6;
const clockTag = (name: string) => createHash('sha256').update(name).digest().subarray(0, 8);

/** Notes when a question goes out; empty where the clock cannot be asked. */
export async function sealTime(clock: SteadyClock): Promise<Buffer> {
  const note = Buffer.alloc(NOTE_BYTES);
  try {
    note.set(clockTag(clock.name));
    note.writeUIntBE(Math.round(await clock.now()), 8, 6);
    return note;
  } catch {
    // Nobody will know then how long the answer took, and a no is taken for a person's.
    return Buffer.alloc(0);
  }
}

/** How many milliseconds before now that was noted; undefined where this clock cannot tell. */
export async function elapsedSince(note: Buffer, clock: SteadyClock): Promise<number | undefined> {
  if (note.length !== NOTE_BYTES || !clockTag(clock.name).equals(note.subarray(0, 8))) return undefined;
  const askedAt = note.readUIntBE(8, 6);
  return clock.now().then(
    now => now - askedAt,
    () => undefined,
  );
}
