/**
 * Measures the answers of tools about environments of different sizes: the characters and o200k tokens of the text and of the
 * structured content.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { startSandbox } from './child.mjs';
import { environments } from './environments.mjs';
import { startServer } from './stdio-server.mjs';

/** @param {string} text */
const lengths = text => ({ characters: text.length, tokens: countTokens(text) });

/** Measures the answer of each tool for each size. */
export async function measureAnswers() {
  const sandbox = await startSandbox('--job-ms', '1');
  const server = await startServer(sandbox.url);
  const answers = [];
  try {
    for (const { size, body, calls } of environments) {
      const loaded = await fetch(`${sandbox.url}/_sandbox/environments`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (!loaded.ok) throw new Error(`the ${size} environment was not loaded: ${await loaded.text()}`);
      for (const [tool, args] of calls) {
        const { result } = await server.call(tool, args);
        const text = result?.content?.map(part => ('text' in part ? part.text : '')).join('') ?? '';
        if (!result || result.isError) throw new Error(`${tool} failed on the ${size} environment: ${text}`);
        answers.push({
          ...{ size, tool },
          text: lengths(text),
          structured: lengths(JSON.stringify(result.structuredContent)),
        });
      }
    }
  } finally {
    server.stop();
    await sandbox.stop();
  }
  return answers;
}
