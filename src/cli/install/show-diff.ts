/** A change of a file as a diff, without the lines around it: these are other programs' and may hold their secrets. */
import { createTwoFilesPatch } from 'diff';
import { saysSecret } from '../../lib/secret-names.ts';
import { withholdSecretsIn } from '../../lib/secret-values.ts';
import { WITHHELD } from '../../lib/withheld-mark.ts';

/** A changed line, with the value withheld where its name says that it is a secret. */
function safe(line: string): string {
  const [, start = '', name = '', rest = ''] = /^(.\s*"?([\w.-]+)"?\s*[:=])(.*)$/.exec(line) ?? [];
  return saysSecret(name) && rest.trim() !== '' ? `${start} ${WITHHELD}` : withholdSecretsIn(line);
}

/** The lines of the diff. */
export function showDiff(file: string, before: string, after: string): string[] {
  const text = createTwoFilesPatch(file, file, before, after, undefined, undefined, { context: 0 });
  return text
    .trimEnd()
    .split('\n')
    .filter(line => !/^(?:={3,}$|Index: )/.test(line))
    .map(line => safe(line.trimEnd()));
}
