/**
 * What a person sees in a terminal: lines that are wrapped at words and cleaned of control characters, colours where the
 * terminal has them, and a line of progress. In memory; test/cli/pseudo-terminal.test.ts runs the command in a terminal.
 */
import { describe, expect, it } from 'vitest';
import wrapAnsi from 'wrap-ansi';
import { createPrinter, type LineFormat } from '../../src/cli/printer.ts';
import { createProgressLine } from '../../src/cli/progress-line.ts';
import { printToolHelp } from '../../src/cli/tool-help.ts';
import { closestWords, didYouMean } from '../../src/operations/closest-words.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** What is written for a text. @param columns the width of the terminal, or undefined for a pipe */
function printed(text: string, format: LineFormat = {}, columns?: number, hasColors = false): string {
  let written = '';
  const write = (more: string) => {
    written += more;
  };
  const wrap = (line: string, width: number) => wrapAnsi(line, width, { hard: false });
  const terminal = columns === undefined ? undefined : { columns: () => columns, wrap };
  createPrinter({ write, hasColors, terminal })(text, format);
  return written;
}

describe('a printed line', () => {
  it('shows control characters from AWS or a caller as escapes, in a terminal and in a pipe', () => {
    const hostile = 'app \u001b[31mred\u001b]0;title\u0007 \u009b2J \r\u202eback\u200b\u2028end\nnext';
    for (const columns of [undefined, 200])
      expect(printed(hostile, {}, columns, true)).toBe(
        'app \\u001b[31mred\\u001b]0;title\\u0007 \\u009b2J \\r\\u202eback\\u200b\\u2028end\nnext\n',
      );
  });

  it('is wrapped at words to the width of the terminal, and indented below its start', () => {
    expect(printed('- one two three four five', {}, 20)).toBe('- one two three four\n  five\n');
    expect(printed('ok    one two three four five', { indent: 6 }, 24)).toBe(
      'ok    one two three four\n      five\n',
    );
    expect(printed('name            purpose in words', { indent: 16 }, 20)).toBe(
      'name            \npurpose in words\n'.replace('            \n', '\n'),
    );
    expect(printed('日本語 日本語 日本語 日本語', {}, 20)).toBe('日本語 日本語 日本語\n日本語\n');
  });

  it('is not wrapped in a pipe, if it is meant to be copied, or within a long word', () => {
    const long = 'word '.repeat(40).trim();
    expect(printed(long)).toBe(`${long}\n`);
    expect(printed(long, { isVerbatim: true }, 20)).toBe(`${long}\n`);
    const arn = `arn:aws:iam::123456789012:role/${'x'.repeat(40)}`;
    expect(printed(`see ${arn}`, {}, 30)).toContain(arn);
  });

  it('is coloured if the terminal has colours', () => {
    expect(printed('FAIL  x', { style: 'bad', length: 4 }, 80, true)).toBe('\u001b[31mFAIL\u001b[39m  x\n');
    expect(printed('FAIL  x', { style: 'bad', length: 4 }, 80)).toBe('FAIL  x\n');
  });
});

describe('a line of progress', () => {
  function started(expectedMs?: number, columns = 80) {
    const clock = createFakeClock();
    const drawn: string[] = [];
    const screen = { draw: (text: string) => void drawn.push(text), columns: () => columns };
    return { clock, drawn, line: createProgressLine(screen, { title: 'get_backend', expectedMs }, clock) };
  }

  it('is not drawn for a quick call', async () => {
    const { clock, drawn, line } = started();
    await clock.advance(400);
    line.end();
    await clock.advance(5_000);
    expect(drawn).toEqual([]);
  });

  it('counts the seconds of a call without progress, and is erased at the end', async () => {
    const { clock, drawn, line } = started();
    await clock.advance(3_000);
    expect(drawn.at(-1)).toBe('\r\u001b[K3 s  get_backend');
    line.end();
    expect(drawn.at(-1)).toBe('\r\u001b[K');
    line.show({ progress: 1, message: 'too late' });
    expect(drawn.at(-1)).toBe('\r\u001b[K');
    expect(clock.timers).toBe(0);
  });

  it('draws a bar by the total, or else by the expected duration of the call', async () => {
    const { clock, drawn, line } = started();
    line.show({ progress: 50, total: 100, message: 'half' });
    expect(drawn.at(-1)).toBe(`\r\u001b[K[${'#'.repeat(12)}${'-'.repeat(12)}]  50 %  1 s  half`);
    line.end();
    const timed = started(4_000);
    await timed.clock.advance(1_000);
    expect(timed.drawn.at(-1)).toContain(']  25 %');
    await timed.clock.advance(60_000);
    expect(timed.drawn.at(-1)).toContain(']  99 %');
    timed.line.end();
    expect(clock.timers).toBe(0);
  });

  it('stays on one row, and shows control characters of a message as escapes', () => {
    const { drawn, line } = started(undefined, 40);
    line.show({ progress: 1, message: `\u001b[2J${'long '.repeat(40)}\nnext` });
    const row = drawn.at(-1)?.replace('\r\u001b[K', '') ?? '';
    expect(row.length).toBeLessThan(40);
    expect(row).toContain('\\u001b[2J');
    for (const control of ['\n', '\u001b']) expect(row).not.toContain(control);
    line.end();
  });
});

describe('did you mean', () => {
  it.each([
    ['clone_enviroment', ['clone_backend', 'clone_environment'], ['clone_environment']],
    ['CloneBackend', ['clone_backend', 'create_backend'], ['clone_backend']],
    [
      'AMPLIFY_BACKEND_MCP_REDONLY',
      ['AMPLIFY_BACKEND_MCP_READ_ONLY', 'AMPLIFY_BACKEND_MCP_REDIS'],
      ['AMPLIFY_BACKEND_MCP_READ_ONLY'],
    ],
    ['descibre_environmnet', ['describe_environment', 'compare_environments'], ['describe_environment']],
    ['doc', ['demo', 'doctor'], ['doctor']],
    ['make_coffee', ['clone_backend', 'create_backend'], []],
    ['x', ['http', 'call'], []],
    ['x'.repeat(100_000), ['http'], []],
  ])('%s', (word, known, found) => {
    expect(closestWords(word, known)).toEqual(found);
    expect(didYouMean(word, known)).toBe(found.length === 0 ? '' : `; did you mean ${found[0]}?`);
  });
});

it('the help of a tool shows the name, type and purpose of every argument, and whether it is required', () => {
  let text = '';
  const print = (line: string) => {
    text += `${line}\n`;
  };
  printToolHelp(print, {
    name: 'a_tool',
    title: 'A tool',
    description: 'Does it.',
    inputSchema: {
      type: 'object',
      $defs: { mode: { type: 'string', enum: ['ON', 'OFF'] } },
      properties: {
        count: { type: 'integer', default: 5 },
        config: {
          type: 'object',
          description: 'What is wanted',
          properties: { mode: { $ref: '#/$defs/mode', description: 'On or off' } },
          required: ['mode'],
        },
        rules: {
          type: 'array',
          items: { anyOf: [{ type: 'string' }, { type: 'object', properties: { at: { type: 'number' } } }] },
        },
      },
      required: ['config'],
    },
  });
  expect(text).toBe(
    [
      `Usage: amplify-backend-mcp call a_tool '{"config":{}}'`,
      '',
      'A tool',
      'Does it.',
      '',
      'Arguments:',
      '  config  (object; required)',
      '      What is wanted',
      '    mode  (one of ON, OFF; required)',
      '        On or off',
      '  count  (integer; optional; default 5)',
      '  rules  (list of string | object; optional)',
      '    at  (number; optional)',
      '',
      'The settings that every call takes: amplify-backend-mcp call --help',
      '',
    ].join('\n'),
  );
});
