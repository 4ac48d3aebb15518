/**
 * `run_operation`: calls any tool by its name, where a compact surface does not list that tool. It is only declared
 * here: `mcp/surface.ts` turns a call of it into the call of that tool, which then behaves as if called directly.
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
