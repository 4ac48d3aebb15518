/** The page in a chat host's frame: it shows one call, from its arguments to its result and the jobs that it started. */
import { answerIn, type Planned } from './answers.ts';
import { el, prose } from './dom.ts';
import { openFrameHost } from './frame-host.ts';
import type { Arguments, HostContext, ToolResult } from './host.ts';
import { CloneScreen } from './screens/clone.ts';
import { pendingScreen, screenOf } from './screens/index.ts';
import { createStage, type Stage } from './stage.ts';
import { nameText } from './text.ts';

/** Applies the host's colours and fonts. Values that would load something are ignored; the page's CSP blocks them too. */
function applyTheme({ theme, styles }: HostContext): void {
  const root = document.documentElement;
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  for (const [name, value] of Object.entries(styles?.variables ?? {}))
    if (/^--[a-z0-9-]{1,60}$/.test(name) && typeof value === 'string' && !/url\(|image/i.test(value))
      root.style.setProperty(name, value);
}

export async function openFrame(root: HTMLElement, view: string): Promise<void> {
  let stage: Stage | undefined;
  let args: Arguments = {};
  let tool = '';
  let clone: CloneScreen | undefined;

  function showResult(result: ToolResult): void {
    if (!stage) return;
    const isQuestion = answerIn<Planned>(result).error?.code === 'confirmation_required';
    if (clone && !isQuestion) clone.result(result);
    else stage.show(screenOf(stage, tool || (view === 'clone' ? 'clone_environment' : ''), args, result));
  }

  const host = await openFrameHost({
    input(given) {
      args = given;
      if (!stage) return;
      clone = view === 'clone' ? new CloneScreen(stage, args) : undefined;
      stage.show(clone ?? pendingScreen(stage, view, args));
    },
    result: showResult,
    cancelled(reason) {
      const words =
        reason === undefined ? 'The call was cancelled.' : `The call was cancelled: ${nameText(reason, 300)}`;
      stage?.show({
        render: () => ({
          title: 'Cancelled',
          body: [prose(words), prose('What was sent to AWS goes on: look at the board.')],
        }),
      });
    },
    context(context) {
      applyTheme(context);
      tool = context.toolInfo?.tool?.name ?? tool;
    },
    teardown: () => stage?.show({ render: () => ({ title: '', body: [] }) }),
  });
  stage = createStage(root, host);
  stage.show({
    render: () => ({
      title: 'Amplify backends',
      body: [el('p', { class: 'quiet' }, 'Waiting for the call…')],
    }),
  });
  host.reportSize(document.documentElement);
}
