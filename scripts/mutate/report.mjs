/** Turns the reports of the mutation tester into the figures and tables of docs/testing.md, and reads them from there. */

/**
 * The members of a Stryker report that are read here. Lines and columns begin at 1.
 * @typedef {{ readonly line: number, readonly column: number }} Position
 * @typedef {{ readonly start: Position, readonly end: Position }} Location
 * @typedef {{ readonly status: string, readonly location: Location, readonly replacement?: string }} Mutant
 * @typedef {{ readonly files: Readonly<Record<string,
 *   { readonly source: string, readonly mutants: readonly Mutant[] }>> }} Report
 */
/**
 * @typedef {{ readonly file: string, readonly total: number, readonly dead: number }} FileResult
 * @typedef {{ readonly place: string, readonly change: string, readonly reason?: string | undefined }} Survivor
 * @typedef {{ readonly files: readonly FileResult[], readonly survivors: readonly Survivor[] }} Found
 * @typedef {Found & { readonly unexplained: readonly Survivor[], readonly total: number, readonly dead: number,
 *   readonly score: number }} Results
 */

/** The percentage of mutants that tests must kill. */
export const LEAST_SCORE = 85;

const UNKNOWN = 'Not looked at yet';

/** @param {string} text */
const oneLine = text => text.replace(/\s+/g, ' ').trim();
/** @param {string} place */
const fileOf = place => place.replace(/:\d+$/, '');
/** @param {string} text */
const code = text => `\`\`${text.includes('`') ? ` ${text} ` : text}\`\``;

/**
 * @param {string} source
 * @param {Location} location
 */
function originalOf(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const cut = lines.map((line, at) =>
    line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined),
  );
  return oneLine(cut.join('\n'));
}

/** @param {string} text */
const shorten = text => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

/**
 * The figures and survivors in the report of one group.
 * @param {Report} report
 * @returns {Found}
 */
export function foundIn(report) {
  /** @type {FileResult[]} */
  const files = [];
  /** @type {Survivor[]} */
  const survivors = [];
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    const counted = mutants.filter(({ status }) => /^(Killed|Timeout|Survived|NoCoverage)$/.test(status));
    const alive = counted.filter(({ status }) => /^(Survived|NoCoverage)$/.test(status));
    files.push({ file, total: counted.length, dead: counted.length - alive.length });
    for (const { location, replacement = '' } of alive)
      survivors.push({
        place: `${file}:${location.start.line}`,
        change: `${shorten(originalOf(source, location))} => ${shorten(oneLine(replacement))}`,
      });
  }
  return { files, survivors };
}

/**
 * The figures and survivors that docs/testing.md has of some files from an earlier run.
 * @param {string} page
 * @param {readonly string[]} mutated the files
 * @returns {Found}
 */
export function foundBefore(page, mutated) {
  const rows = [...page.matchAll(/^\| `(.+)` \| (\d+) \| (\d+) \|/gm)];
  /** @type {Survivor[]} */
  const survivors = [];
  let reason = '';
  for (const [, title, place, change] of page.matchAll(/^(?:\*\*(.+)\*\*|- (\S+:\d+) ``(.+)``)$/gm)) {
    reason = title ?? reason;
    if (place && change && mutated.includes(fileOf(place)))
      survivors.push({ place, change: change.trim(), ...(reason !== UNKNOWN && { reason }) });
  }
  return {
    files: rows
      .map(([, file = '', total, dead]) => ({ file, total: Number(total), dead: Number(dead) }))
      .filter(({ file }) => mutated.includes(file)),
    survivors,
  };
}

/**
 * @param {readonly Found[]} found
 * @param {Readonly<Record<string, readonly string[]>>} reasons by reason, the changes that survive for it, each as
 *   `FILE: ORIGINAL => REPLACEMENT`
 * @returns {Results}
 */
export function resultsOf(found, reasons) {
  const reasonByChange = new Map(
    Object.entries(reasons).flatMap(([reason, changes]) =>
      changes.map(change => /** @type {const} */ ([change, reason])),
    ),
  );
  const files = found.flatMap(one => one.files);
  const survivors = found
    .flatMap(one => one.survivors)
    .map(one => ({
      ...one,
      reason: reasonByChange.get(`${fileOf(one.place)}: ${one.change}`) ?? one.reason,
    }));
  const total = files.reduce((sum, file) => sum + file.total, 0);
  const dead = files.reduce((sum, file) => sum + file.dead, 0);
  return {
    ...{ files, survivors, total, dead, score: (100 * dead) / total },
    unexplained: survivors.filter(({ reason }) => reason === undefined),
  };
}

/**
 * Writes the figures by file, then the survivors by reason, as Markdown.
 * @param {Results} results
 */
export function tables({ files, survivors, total, dead, score }) {
  /** @type {(name: string, of: number, deadOf: number) => string} */
  const row = (name, of, deadOf) => `| ${name} | ${of} | ${deadOf} | ${((100 * deadOf) / of).toFixed(1)} % |`;
  const byReason = new Map(
    survivors.map(({ reason }) => [reason, survivors.filter(one => one.reason === reason)]),
  );
  const sections = [...byReason].map(([reason = UNKNOWN, some]) =>
    [`**${reason}**`, '', ...some.map(({ place, change }) => `- ${place} ${code(change)}`), ''].join('\n'),
  );
  return [
    '| File | Mutants | Die | |',
    '| --- | ---: | ---: | ---: |',
    ...files.map(one => row(`\`${one.file}\``, one.total, one.dead)),
    row('All', total, dead),
    '',
    `${survivors.length} survive, ${score.toFixed(1)} % die:`,
    '',
    ...sections,
  ].join('\n');
}
