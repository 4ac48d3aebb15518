/** A model as the driver: it gets the server's instructions and tools and the user's words, and calls as it likes. */
import type { Driver, Played } from './driver.ts';
import type { AgentRequest, Json } from './request.ts';
import type { ListedTool, Session } from './session.ts';

/** A call that the model asks for. */
export interface AskedCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Json;
}

/** A turn of the conversation, in no API's shape. */
export type Turn =
  | { readonly by: 'user'; readonly text: string }
  | { readonly by: 'model'; readonly text: string; readonly calls: readonly AskedCall[] }
  | {
      readonly by: 'tools';
      readonly results: readonly { readonly id: string; readonly text: string; readonly isError: boolean }[];
    };

/** What a model answered. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly AskedCall[];
  readonly usage: { readonly input: number; readonly output: number };
}

/** A model behind an API. @throws Error */
export interface Model {
  readonly name: string;
  answer(system: string, tools: readonly ListedTool[], turns: readonly Turn[]): Promise<Reply>;
}

const SYSTEM =
  'You work for the user through the tools of a server. Call them as needed, ask the user where a decision is theirs, and end with a short answer. Never invent what no tool told you.';

const MOST_TURNS = 24;
const NO = 'No. Do nothing more, and tell me what you know.';

/** Lets a model act until it has nothing more to say. */
export const modelDriver = (model: Model): Driver => ({
  name: model.name,
  async play({ says, replies = [] }: AgentRequest, session: Session): Promise<Played> {
    const system = [SYSTEM, session.instructions].join('\n\n');
    const turns: Turn[] = [{ by: 'user', text: says }];
    const left = [...replies];
    const heard: string[] = [];
    const usage = { input: 0, output: 0 };
    let isRefused = false;
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const reply = await model.answer(system, session.tools, turns);
      usage.input += reply.usage.input;
      usage.output += reply.usage.output;
      heard.push(reply.text);
      turns.push({ by: 'model', text: reply.text, calls: reply.calls });
      if (reply.calls.length > 0) {
        turns.push({ by: 'tools', results: await callAll(session, reply.calls) });
        continue;
      }
      // A question is answered; a model that asks nothing has ended.
      if (!reply.text.includes('?') || isRefused) return { says: heard.join('\n'), usage };
      const text = left.shift();
      isRefused = text === undefined;
      turns.push({ by: 'user', text: text ?? NO });
    }
    throw new Error(`the model did not end within ${MOST_TURNS} turns`);
  },
});

/** Calls one after another, as most hosts do. A call that the protocol refuses is told to the model. */
async function callAll(session: Session, calls: readonly AskedCall[]) {
  const results = [];
  for (const { id, tool, args } of calls) {
    const { text, isError } = await session
      .call(tool, args)
      .catch((thrown: unknown) => ({ text: String(thrown), isError: true }));
    results.push({ id, text, isError });
  }
  return results;
}
