/**
 * Whether a name fits a glob, in which `*` stands for any characters and `?` for one. Takes at most as many steps as
 * the name has characters times those of the glob: only the last `*` is ever tried with more characters.
 */
export function fitsGlob(name: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  /** The position after the last `*` of the glob (-1 before the first), and where in the name the rest is tried. */
  let afterStar = -1;
  let triedAt = 0;
  while (at < name.length) {
    const wanted = glob[inGlob];
    if (wanted === '*') {
      inGlob += 1;
      afterStar = inGlob;
      triedAt = at;
    } else if (wanted === '?' || wanted === name[at]) {
      at += 1;
      inGlob += 1;
    } else if (afterStar >= 0) {
      triedAt += 1;
      at = triedAt;
      inGlob = afterStar;
    } else return false;
  }
  while (glob[inGlob] === '*') inGlob += 1;
  return inGlob === glob.length;
}
