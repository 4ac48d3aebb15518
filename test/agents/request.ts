/** What a request to an agent is: the words, the world that it starts from, and what must be true at the end. */
import type { Json } from '../support/child.ts';

export type { Json } from '../support/child.ts';

/** A step that makes the world of a request, in order. */
export type WorldStep =
  /** A fault of the sandbox, in the form of `POST /_sandbox/faults`. */
  | { readonly fault: Json }
  /** An environment, in the form of `POST /_sandbox/environments`. */
  | { readonly load: Json }
  /** How far a migration to Gen 2 has come, in the form of `PUT /_sandbox/migration`. */
  | { readonly migration: Json }
  /** A call through this server, before the agent's. */
  | { readonly call: { readonly tool: string; readonly args: Json } }
  /** Lets time pass at AWS, in milliseconds. */
  | { readonly advanceMs: number };

/** The state of an environment in the sandbox, as far as requests look at it. */
export interface EnvironmentState {
  readonly name: string;
  readonly auth?: { readonly imported: boolean; readonly userPoolId: string; readonly config: Json };
  readonly api?: { readonly config: { readonly TransformSchema?: string } };
  readonly storage?: { readonly permissions: Readonly<Record<string, readonly string[]>> };
}

/** An app in the sandbox. */
export interface AppState {
  readonly environments: Readonly<Record<string, EnvironmentState>>;
  readonly tokens: Json;
}

/** What a tool answered, as a model sees it. */
export interface ToolAnswer {
  readonly text: string;
  readonly structured: Json;
  readonly isError: boolean;
}

/** A call of the scripted driver; its arguments may depend on the answers before it. */
export interface ScriptedCall {
  readonly tool: string;
  readonly args?: Json | ((answers: readonly ToolAnswer[]) => Json);
}

export interface AgentRequest {
  readonly id: string;
  /** The request in the user's words. */
  readonly says: string;
  /** What the user answers when the agent asks, in order; to any further question: no. */
  readonly replies?: readonly string[];
  /** Settings of the server, in the form of its configuration file. */
  readonly settings?: Json;
  readonly world?: readonly WorldStep[];
  /** The calls that a good agent makes on the full surface. */
  readonly calls: readonly ScriptedCall[];
  /** The writes that may reach AWS, each once: the operation, and the environment in its path. */
  readonly writes?: readonly string[];
  /** Whether the app `shop` is as it must be; without it, everything must be as it was. */
  readonly end?: (shop: AppState) => boolean;
  /** What the user must learn: parts of the answers or of the agent's last words. */
  readonly tells: readonly (string | RegExp)[];
  /** One of the thirteen whose calls are counted together. */
  readonly isCounted?: true;
}

/** A call that asks for a confirmation, and the call that the user agreed to. */
export const confirmed = (tool: string, args: Json): readonly ScriptedCall[] => [
  { tool, args },
  {
    tool,
    args: answers => ({ ...args, confirmationToken: answers.at(-1)?.structured.confirmationToken }),
  },
];

/** A member of an answer's structure, by its path. */
export function memberOf(answer: ToolAnswer | undefined, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Json | undefined)?.[name], answer?.structured);
}
