/** What is to be done about one step of a provision. */
import type { Json } from '../../lib/json.ts';

export type Decision =
  | { readonly does: 'create' | 'update'; readonly tool: string; readonly args: Json; readonly note?: string }
  | { readonly does: 'leave' | 'skip' | 'differs'; readonly tool: string; readonly why?: string };
