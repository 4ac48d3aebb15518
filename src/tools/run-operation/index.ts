/**
 * `run_operation`: any tool by its name, where the tools are not served by theirs. Only declared here: a call of
 * it is turned into the call of that tool before anything else happens, so that it behaves in every way as
 * that tool would.
 */
import { z } from 'zod';
import { anyObject, nameText } from '../../operations/bounds.ts';
import type { DeclaredTool } from '../define.ts';

export const runOperation: DeclaredTool = {
  toolName: 'run_operation',
  title: 'Run a tool that find_operation found',
  access: 'read',
  guide: 'runs',
  toolInput: z.strictObject({
    tool: nameText().describe('Its name'),
    arguments: anyObject().optional().describe('By its inputSchema'),
  }),
  output: z.object({}),
};
