/**
 * Models behind APIs of two shapes: OpenAI's chat completions and Anthropic's messages, which most other providers and
 * local servers speak as well. https://platform.openai.com/docs/api-reference/chat, https://docs.anthropic.com/en/api/messages
 */

import type { Model, Reply, Turn } from './model-driver.ts';
import type { Json } from './request.ts';
import type { ListedTool } from './session.ts';

export interface ModelSettings {
  readonly api: 'openai' | 'anthropic';
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

const bases = { openai: 'https://api.openai.com/v1', anthropic: 'https://api.anthropic.com' } as const;

/** The variables that name a model. */
export const modelVariables = ['AGENTS_API', 'AGENTS_BASE_URL', 'AGENTS_KEY', 'AGENTS_MODEL'] as const;

/** The model that the environment names; undefined where it names none. @throws Error that names the variable */
export function readModelSettings(
  env: Readonly<Record<string, string | undefined>>,
): ModelSettings | undefined {
  const { AGENTS_API: api, AGENTS_KEY: key = '', AGENTS_MODEL: model } = env;
  if (!api && !model) return undefined;
  if (api !== 'openai' && api !== 'anthropic') throw new Error('AGENTS_API: expected openai or anthropic');
  if (!model) throw new Error('AGENTS_MODEL: the name of the model is missing');
  const baseUrl = (env.AGENTS_BASE_URL || bases[api]).replace(/\/$/, '');
  return { api, baseUrl, key, model };
}

const ATTEMPTS = 4;
const LONGEST_ERROR = 500;
const isBusy = (status: number) => status === 429 || status >= 500;

/** Sends a request. If the service is busy, repeats it after a growing pause. @throws Error with the status and the message */
async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Json,
  pauseMs: number,
): Promise<Json> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (response.ok) return (await response.json()) as Json;
    const words = (await response.text()).slice(0, LONGEST_ERROR);
    if (!isBusy(response.status) || attempt === ATTEMPTS)
      throw new Error(`the model's API answered ${response.status}: ${words}`);
    const wished = Number(response.headers.get('retry-after'));
    await new Promise(resolve => setTimeout(resolve, wished > 0 ? wished * 1000 : pauseMs * 2 ** attempt));
  }
}

/** Arguments as a model wrote them; what is no JSON is passed on, so that the server says what is wrong. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text || '{}') as Json;
  } catch {
    return { arguments: text };
  }
}

interface OpenAiMessage {
  readonly content?: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

function toOpenAi(turn: Turn): Json[] {
  if (turn.by === 'user') return [{ role: 'user', content: turn.text }];
  if (turn.by === 'tools')
    return turn.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }));
  const calls = turn.calls.map(({ id, tool, args }) => ({
    ...{ id, type: 'function' },
    function: { name: tool, arguments: JSON.stringify(args) },
  }));
  return [{ role: 'assistant', content: turn.text, ...(calls.length > 0 && { tool_calls: calls }) }];
}

function fromOpenAi(answer: Json): Reply {
  const [choice] = (answer.choices ?? []) as readonly { readonly message: OpenAiMessage }[];
  const { prompt_tokens: input = 0, completion_tokens: output = 0 } = (answer.usage ?? {}) as Record<
    string,
    number
  >;
  const { content, tool_calls: calls = [] } = choice?.message ?? {};
  return {
    text: content ?? '',
    calls: calls.map(({ id, function: called }) => ({
      id,
      tool: called.name,
      args: parsed(called.arguments),
    })),
    usage: { input, output },
  };
}

type AnthropicBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Json };

function toAnthropic(turn: Turn): Json {
  if (turn.by === 'user') return { role: 'user', content: turn.text };
  if (turn.by === 'tools') {
    const content = turn.results.map(({ id, text, isError }) => ({
      ...{ type: 'tool_result', tool_use_id: id, content: text },
      ...(isError && { is_error: true }),
    }));
    return { role: 'user', content };
  }
  // An empty text is refused.
  const text = turn.text === '' ? [] : [{ type: 'text', text: turn.text }];
  const calls = turn.calls.map(({ id, tool, args }) => ({ type: 'tool_use', id, name: tool, input: args }));
  return { role: 'assistant', content: [...text, ...calls] };
}

function fromAnthropic(answer: Json): Reply {
  const blocks = (answer.content ?? []) as readonly AnthropicBlock[];
  const { input_tokens: input = 0, output_tokens: output = 0 } = (answer.usage ?? {}) as Record<
    string,
    number
  >;
  return {
    text: blocks.flatMap(block => (block.type === 'text' ? [block.text] : [])).join('\n'),
    calls: blocks.flatMap(block =>
      block.type === 'tool_use' ? [{ id: block.id, tool: block.name, args: block.input }] : [],
    ),
    usage: { input, output },
  };
}

const openAiTool = ({ name, description, inputSchema }: ListedTool) => ({
  type: 'function',
  function: { name, description, parameters: inputSchema },
});
const anthropicTool = ({ name, description, inputSchema }: ListedTool) => ({
  ...{ name, description },
  input_schema: inputSchema,
});

const MOST_TOKENS = 4_096;

/** Opens a model. @param pauseMs the pause before a request to a busy service is repeated; it doubles each time */
export function openModel({ api, baseUrl, key, model }: ModelSettings, pauseMs = 1_000): Model {
  if (api === 'openai')
    return {
      name: model,
      async answer(system, tools, turns) {
        const messages = [{ role: 'system', content: system }, ...turns.flatMap(toOpenAi)];
        const body = { model, messages, tools: tools.map(openAiTool) };
        const headers = { authorization: `Bearer ${key}` };
        return fromOpenAi(await post(`${baseUrl}/chat/completions`, headers, body, pauseMs));
      },
    };
  return {
    name: model,
    async answer(system, tools, turns) {
      const body = {
        ...{ model, system, max_tokens: MOST_TOKENS },
        ...{ messages: turns.map(toAnthropic), tools: tools.map(anthropicTool) },
      };
      const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
      return fromAnthropic(await post(`${baseUrl}/v1/messages`, headers, body, pauseMs));
    },
  };
}
