/**
 * Texts of any characters, including lone surrogates. `fc.string({ unit: 'binary' })` would first write down every
 * character that there is, which takes a second in each process.
 */
import fc from 'fast-check';

export const anyText = (bounds: fc.ArrayConstraints = {}): fc.Arbitrary<string> =>
  fc.array(fc.nat(0x10_ffff), bounds).map(points => String.fromCodePoint(...points));
