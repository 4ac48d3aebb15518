/**
 * Whether a name matches a glob, in which `*` stands for any characters and `?` for one. Only the last `*` is backtracked, so
 * the number of steps is at most the product of both lengths.
 */
export function fitsGlob(name: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  /** The position in the glob after the last `*` (-1 if there was none), and the position in the name where its rest is tried. */
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
