/** Serves `tools/list` and `tools/call`. */
import { type McpServer, ProtocolError, type ServerContext, type Tool } from '@modelcontextprotocol/server';
import type { AskedCall } from '../call/authorize/page-approval.ts';
import type { CallContext } from '../call/call-operation.ts';
import type { Lazy } from '../lib/lazy.ts';
import type { PlanQuestions } from '../tools/approve-plan/questions.ts';
import { approvePlan, type PlanPageCalls, readApproval } from './approve-plan.ts';
import { asksForConfirmation, askToConfirm, readForm } from './confirm.ts';
import { clientOf, isFromPage, originOf } from './origin.ts';
import { APPROVE_PLAN, pageToolNames, READ_BOARD } from './page-links.ts';
import { askOnPage, CHANGED } from './page-question.ts';
import { reportProgress } from './progress.ts';
import { toFailure } from './results.ts';
import type { Surface } from './surface.ts';
import type { ToolCallHandler } from './task-calls.ts';
import { clientShowsPages } from './ui-extension.ts';

/** What the tools of a server need. */
export interface ToolsParts {
  readonly surface: Surface;
  /** The tools for clients that show pages. */
  readonly toolsWithPages: Lazy<readonly Tool[]>;
  /** Calls of a connection without tasks, and of one with them. */
  readonly calls: { readonly asResults: ToolCallHandler; readonly asTasks: ToolCallHandler };
  /** The questions of plans' pages. */
  readonly planQuestions: PlanQuestions;
  /** The caller, as the transport identifies them. */
  readonly caller: string;
}

/**
 * Puts the tools on a server. The lists are shared by all servers of the process, never rebuilt.
 * @param hasTasks whether the server has tasks
 */
export function serveTools(mcp: McpServer, parts: ToolsParts, hasTasks: boolean): void {
  const { server } = mcp;
  const { surface, toolsWithPages, calls, planQuestions: questions, caller } = parts;
  const call = hasTasks ? calls.asTasks : calls.asResults;
  const list = { tools: [...surface.tools] };

  server.setRequestHandler('tools/list', async (_, ctx) =>
    clientShowsPages(mcp, ctx) ? { tools: [...(await toolsWithPages.get())] } : list,
  );

  /** Calls a tool of the page. Its result is never a task, which the page could not follow. */
  async function callFromPage(asked: AskedCall, context: CallContext, ctx: ServerContext) {
    if (asked.tool === READ_BOARD) return calls.asResults(READ_BOARD, asked.arguments, context, ctx);
    const check: PlanPageCalls['check'] = inner => void surface.resolve(inner.tool, inner.arguments);
    if (asked.tool !== APPROVE_PLAN) return readApproval(asked.arguments, { questions, check }, context);
    const callAnswered: PlanPageCalls['call'] = async (inner, answer) => {
      try {
        const { name, args, via } = surface.resolve(inner.tool, inner.arguments);
        return await calls.asResults(name, args, { ...context, via, answer }, ctx);
      } catch (thrown) {
        // The call asks for another confirmation, which this person gives as well.
        if (asksForConfirmation(thrown))
          return askOnPage(thrown, inner, thrown.answerOptions.hasChanged ? CHANGED : '');
        throw thrown;
      }
    };
    return approvePlan(asked.arguments, { questions, check, call: callAnswered }, context);
  }

  server.setRequestHandler('tools/call', async (request, ctx) => {
    const progress = reportProgress(ctx);
    const origin = originOf(ctx);
    const asked = { tool: request.params.name, arguments: request.params.arguments ?? {} };
    const showsPages = clientShowsPages(mcp, ctx);
    const failed = (thrown: unknown) => surface.addToolHints(toFailure(thrown, origin.serverRequestId));
    const context: CallContext = {
      ...origin,
      ...{ signal: ctx.mcpReq.signal, caller, client: clientOf(server, ctx), showsPages },
      isFromPage: showsPages && isFromPage(ctx),
      onProgress: progress?.onProgress,
    };
    try {
      if (showsPages && pageToolNames.includes(asked.tool))
        return surface.addToolHints(await callFromPage(asked, context, ctx));
      const { name, args, via } = surface.resolve(asked.tool, request.params.arguments);
      return surface.addToolHints(await call(name, args, { ...context, via, answer: readForm(ctx) }, ctx));
    } catch (thrown) {
      if (thrown instanceof ProtocolError) throw thrown;
      if (!asksForConfirmation(thrown)) return failed(thrown);
      // Asking can fail as well: the key that seals a confirmation may be unreadable.
      return askToConfirm(thrown, mcp, ctx, asked).catch(failed);
    } finally {
      progress?.end();
    }
  });
}
