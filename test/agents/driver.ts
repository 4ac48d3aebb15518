/** What plays the agent, and the scripted driver, which makes the calls that a good agent makes. */
import type { AgentRequest, Json, ScriptedCall, ToolAnswer } from './request.ts';
import type { Session } from './session.ts';

/** What a driver brings back beside the calls, which the session has. */
export interface Played {
  /** The agent's last words; none of a scripted one. */
  readonly says: string;
  /** What the model's API counted, where it counts. */
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

/** Gets the schema of a tool that is not listed: by the user's words, and by its name where these find another first. */
async function findTool(session: Session, tool: string, says: string): Promise<void> {
  for (const query of [says.slice(0, LONGEST_QUERY), tool]) {
    const { structured } = await session.call('find_operation', { query });
    const [first] = structured.matches as readonly Match[];
    if (first?.tool === tool) return;
  }
  throw new Error(`find_operation does not give ${tool} for its name`);
}

/** Plays the calls of a request. A tool that a compact surface does not list is found first, once, and run. */
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
