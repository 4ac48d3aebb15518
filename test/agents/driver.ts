/** The interface of a driver, which plays the agent, and the scripted driver, which makes the calls of a good agent. */
import type { AgentRequest, Json, ScriptedCall, ToolAnswer } from './request.ts';
import type { Session } from './session.ts';

/** The result of a driver. The session records the calls. */
export interface Played {
  /** The last message of the agent. A scripted agent has none. */
  readonly says: string;
  /** The tokens that the model's API reports, if it does. */
  readonly usage?: { readonly input: number; readonly output: number };
}

export interface Driver {
  readonly name: string;
  play(request: AgentRequest, session: Session): Promise<Played>;
}

const LONGEST_QUERY = 500;

interface Match {
  readonly tool: string;
  readonly inputSchema?: unknown;
}

/** Gets the schema of an unlisted tool, by the user's words, or by its name if the words find another tool first. */
async function findTool(session: Session, tool: string, says: string): Promise<void> {
  for (const query of [says.slice(0, LONGEST_QUERY), tool]) {
    const { structured } = await session.call('find_operation', { query });
    const [first] = structured.matches as readonly Match[];
    if (first?.tool === tool) return;
  }
  throw new Error(`find_operation does not give ${tool} for its name`);
}

/** Plays the calls of a request. If the surface does not list a tool, finds it once with find_operation and calls run_operation. */
export const scriptedDriver: Driver = {
  name: 'scripted',
  async play({ says, calls }, session) {
    const listed = new Set(session.tools.map(({ name }) => name));
    const found = new Set<string>();
    const answers: ToolAnswer[] = [];
    const argumentsOf = ({ args = {} }: ScriptedCall): Json =>
      typeof args === 'function' ? args(answers) : args;
    for (const scripted of calls) {
      const { tool } = scripted;
      if (listed.has(tool)) {
        answers.push(await session.call(tool, argumentsOf(scripted)));
        continue;
      }
      if (!found.has(tool)) await findTool(session, tool, says);
      found.add(tool);
      answers.push(await session.call('run_operation', { tool, arguments: argumentsOf(scripted) }));
    }
    return { says: '' };
  },
};
