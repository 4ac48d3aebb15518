/** Chooses the screen for a tool's answer. */
import {
  type Assessment,
  answerIn,
  approvalOf,
  type Board,
  type BoardApp,
  type Compared,
  type Decommission,
  type Inventory,
  type Planned,
  type Proof,
  textIn,
} from '../answers.ts';
import { button, el, named, prose } from '../dom.ts';
import type { Arguments, ToolResult } from '../host.ts';
import { failure } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
import { nameText } from '../text.ts';
import { AskedJob } from './asked-job.ts';
import { BoardScreen } from './board.ts';
import { CloneScreen } from './clone.ts';
import { deletionAnswerScreen, isDeletionAnswer } from './deletion-answer.ts';
import { differenceScreen } from './difference.ts';
import { InventoryScreen } from './inventory.ts';
import type { JobAnswer } from './job.ts';
import { listedJobs } from './listed-jobs.ts';
import { proofScreen, readinessScreen } from './migration.ts';
import { PlanScreen } from './plan.ts';

type Answer = Partial<Board & JobAnswer & Compared & Planned & Inventory & Assessment & Proof> & {
  readonly appId?: string;
  readonly environment?: string;
  readonly appName?: string;
  readonly jobs?: Parameters<typeof listedJobs>[0]['jobs'];
  readonly more?: number;
};

/** Links between screens in a chat's frame. There is no navigation there, so each opened screen gets a button back. */
function createLinks(stage: Stage) {
  /** The screens with a button back, by the screens without. */
  const shown = new WeakMap<Screen, Screen>();
  const withWayBack = (screen: Screen, label: string, left: Screen): Screen => {
    const from = shown.get(left) ?? left;
    const back = () => {
      from.resume?.();
      stage.show(from, true);
    };
    const whole: Screen = {
      render: () => {
        const { body, ...titles } = screen.render();
        return { ...titles, body: [button(label, back, { 'data-key': 'back' }), ...body] };
      },
      stop: () => screen.stop?.(),
      resume: () => screen.resume?.(),
    };
    shown.set(screen, whole);
    return whole;
  };
  const links = {
    openApp: (args: Arguments, from: Screen) =>
      stage.show(withWayBack(new BoardScreen(stage, args, links), 'Back to the apps', from), true),
    async compare(args: Arguments, from: Screen): Promise<void> {
      stage.announce('Comparing.', true);
      try {
        const result = await stage.host.callTool('compare_environments', args);
        const screen = screenOf(stage, 'compare_environments', args, result);
        stage.show(withWayBack(screen, 'Back to the board', from), true);
      } catch (thrown) {
        stage.announce(thrown instanceof Error ? thrown.message : 'The comparison failed.');
      }
    },
  };
  return links;
}

/** The board of the app that an answer is about, with the job or jobs of the answer above it. */
export function boardOf(stage: Stage, args: Arguments, answer: Answer = {}): Screen {
  const { job, jobs, more, apps } = answer;
  const target = typeof args.target === 'string' ? { target: args.target } : {};
  const only = apps?.length === 1 ? apps[0]?.appId : undefined;
  const app = answer.appId ?? job?.appId ?? only ?? args.app;
  const links = createLinks(stage);
  if (apps && only === undefined) {
    const known: Board = {
      apps: apps.map(({ appId, name }: BoardApp) => ({
        ...target,
        ...(appId !== undefined && { appId }),
        ...(name !== undefined && { name }),
      })),
    };
    return new BoardScreen(stage, target, links, { board: known });
  }
  const environment = answer.environment ?? args.environment;
  return new BoardScreen(stage, { ...(app !== undefined && { app }), ...target }, links, {
    // In the answer of `describe_environment`, `jobs` is not a list.
    ...(Array.isArray(jobs) && { remark: () => listedJobs({ jobs, ...(more !== undefined && { more }) }) }),
    ...(job && { job: new AskedJob(stage, target, answer) }),
    ...(typeof environment === 'string' && { environment }),
  });
}

const errorScreen = (title: string, result: ToolResult): Screen => ({
  render: () => ({
    title,
    subtitle: 'The call failed',
    body: [failure(answerIn<Planned>(result), textIn(result))],
  }),
});

const TITLES: Readonly<Record<string, string>> = {
  compare_environments: 'Comparison',
  clone_environment: 'Clone',
  decommission_environment: 'Deletion',
  take_inventory: 'Inventory',
  assess_migration: 'Readiness',
  verify_migration: 'Proof',
};

/** @param tool the called tool; empty if the host does not name it, so that the members of the answer decide */
export function screenOf(stage: Stage, tool: string, args: Arguments, result: ToolResult): Screen {
  const answer = answerIn<Answer>(result);
  const isAbout = (name: string, ...members: (keyof Answer)[]) =>
    tool === name || (tool === '' && members.every(member => answer[member] !== undefined));
  if (approvalOf(result) || (answer.error?.code === 'confirmation_required' && answer.plan))
    return new PlanScreen(stage, result);
  if (tool === 'clone_environment') return new CloneScreen(stage, args, result);
  if (answer.job && isAbout('explain_job', 'causes')) return boardOf(stage, args, answer);
  if (result.isError) return errorScreen(TITLES[tool] ?? nameText(tool.replaceAll('_', ' ')), result);
  if (isAbout('compare_environments', 'left', 'right')) return differenceScreen(stage, answer, args);
  if (isAbout('take_inventory', 'rows')) return new InventoryScreen(stage, answer, args);
  if (isAbout('verify_migration', 'branch', 'models')) return proofScreen(answer as Partial<Proof>, args);
  if (isAbout('assess_migration', 'findings')) return readinessScreen(answer as Partial<Assessment>, args);
  if (answer.plan) return new PlanScreen(stage, result);
  if (isDeletionAnswer(tool, answerIn<Decommission>(result))) return deletionAnswerScreen(result, args);
  if (answer.appId !== undefined || answer.apps || answer.job) return boardOf(stage, args, answer);
  return { render: () => ({ title: 'Answer', body: [prose(textIn(result))] }) };
}

/** The screen while the call is pending, by its arguments. */
export function pendingScreen(stage: Stage, view: string, args: Arguments): Screen {
  if (view === 'board') return boardOf(stage, args);
  const words =
    {
      difference: 'Comparing',
      plan: 'Making the plan',
      inventory: 'Reading all apps',
      migration: 'Reading the environment',
    }[view] ?? 'Waiting';
  const about = [args.environment, args.left, args.right].filter(name => name !== undefined);
  return {
    render: () => ({
      title: `${words}…`,
      subtitle:
        about.length > 0
          ? el(
              'span',
              null,
              about.flatMap((name, at) => [at > 0 && ', ', named(name)]),
            )
          : undefined,
      body: [el('p', { class: 'quiet' }, 'AWS is asked.')],
    }),
  };
}
