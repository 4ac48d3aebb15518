/**
 * When a question was asked. The state of its form carries the time, so that an answer that comes too soon for a person
 * is recognized as a program's.
 */
import { createHash } from 'node:crypto';

/** A clock that never goes back. Times of clocks with the same name can be compared, whichever process read them. */
export interface SteadyClock {
  readonly name: string;
  /** Milliseconds. @throws where the clock cannot be read */
  now(): Promise<number>;
}

/** A sealed time: a tag of the clock, and the milliseconds. */
const NOTE_BYTES = 8 + 6;
const clockTag = (name: string) => createHash('sha256').update(name).digest().subarray(0, 8);

/** The time of a question, as bytes; empty where the clock cannot be read. */
export async function sealTime(clock: SteadyClock): Promise<Buffer> {
  const note = Buffer.alloc(NOTE_BYTES);
  try {
    note.set(clockTag(clock.name));
    note.writeUIntBE(Math.round(await clock.now()), 8, 6);
    return note;
  } catch {
    // Without a time the delay of the answer is unknown, and a refusal counts as a person's.
    return Buffer.alloc(0);
  }
}

/** Milliseconds since a sealed time; undefined where the time is of another clock or this clock cannot be read. */
export async function elapsedSince(note: Buffer, clock: SteadyClock): Promise<number | undefined> {
  if (note.length !== NOTE_BYTES || !clockTag(clock.name).equals(note.subarray(0, 8))) return undefined;
  const askedAt = note.readUIntBE(8, 6);
  return clock.now().then(
    now => now - askedAt,
    () => undefined,
  );
}
