/**
 * The navigation of the page in a browser, without a chat: the chosen app, its views, and the tool calls that an agent would
 * otherwise make. The screens in `screens/` show the answers.
 */
import { answerIn, type Board, type BoardApp, environmentNames, type Planned, textIn } from './answers.ts';
import { endText, isRefused, NOT_DONE, refusalOf, statusText, UNKNOWN_END } from './call-status.ts';
import type { Arguments, Host } from './host.ts';
import { CallFailure, openHttpHost } from './http-host.ts';
import { appText, KnownApps } from './known-apps.ts';
import { navigation } from './navigation.ts';
import { failure } from './parts.ts';
import { type BoardLinks, BoardScreen } from './screens/board.ts';
import { CloneScreen } from './screens/clone.ts';
import { screenOf } from './screens/index.ts';
import { readSession, settingOf } from './session.ts';
import {
  boardPlace,
  callScreen,
  chooseFirst,
  failedScreen,
  notSentAgain,
  signedOutScreen,
  textScreen,
  waitingScreen,
} from './shell-screens.ts';
import { createStage, type Screen, type ScreenContent, type Stage } from './stage.ts';
import { type Task, type TaskOptions, TaskScreen, tasks } from './tasks.ts';
import { type Call, isRead, isSame, type Place, Visit, Visits } from './visits.ts';

/** Opens the page with its navigation, or the sign-in if one is needed. */
export function openShell(root: HTMLElement): void {
  const signIn = settingOf('sign-in');
  if (signIn !== undefined && readSession() === undefined) location.replace(signIn);
  else new Shell(root).start();
}

class Shell {
  readonly #host: Host;
  readonly #stage: Stage;
  readonly #visits: Visits;
  readonly #apps = new KnownApps();
  /** The tools that the server's settings refuse, each with a sentence that says so. */
  readonly #notOffered: Readonly<Record<string, string>>;
  readonly #stopped = new WeakSet<Screen>();
  #pendingVisits = new Set<Visit>();
  #isSignedOut = false;

  constructor(root: HTMLElement) {
    this.#notOffered = JSON.parse(settingOf('not-offered') ?? '{}') as Readonly<Record<string, string>>;
    this.#host = this.#apps.recordFrom(openHttpHost(words => this.#signOut(words)));
    this.#stage = createStage(root, this.#host, {
      navigation: content => this.#navigation(content),
      leave: screen => this.#leaveScreen(screen),
    });
    this.#visits = new Visits({
      enter: visit => this.#enter(visit),
      reopen: place => this.#reopen(place),
    });
  }

  start(): void {
    this.#visits.start();
  }

  get #app(): Arguments {
    return this.#visits.present?.place.app ?? {};
  }

  #signOut(words: string): void {
    this.#isSignedOut = true;
    for (const { screen } of this.#visits.all) screen.stop?.();
    document.title = 'Amplify backends';
    this.#stage.show(signedOutScreen(words), true);
  }

  #navigation(content: ScreenContent): Node | undefined {
    if (this.#isSignedOut) return undefined;
    const { present } = this.#visits;
    const visits = this.#visits.all.filter(
      visit => visit !== present && (visit.isPending || visit.end !== undefined),
    );
    return navigation({
      here: present?.place.name,
      about: this.#apps.textUnlessShown(content, present?.place.call),
      places: [
        ['Board', () => this.#openBoard(this.#app)],
        ...tasks
          .filter(({ tool = '' }) => !Object.hasOwn(this.#notOffered, tool))
          .map(task => [task.label, () => void this.#openTask(task, this.#app)] as const),
        ['Inventory', () => this.#openInventory(this.#app)],
        ...(Object.keys(this.#app).length > 0 ? [['All apps', () => this.#openBoard({})] as const] : []),
      ],
      underWay: visits.map(visit => ({
        label: visit.label,
        status: statusText(visit),
        open: () => this.#visits.go(visit, false),
      })),
      remarks: present?.place.name === 'Board' ? Object.values(this.#notOffered) : [],
    });
  }

  #enter(visit: Visit): void {
    if (this.#isSignedOut) return;
    const { place, screen } = visit;
    // The last announcement was about another place.
    this.#stage.announce('');
    document.title = [place.name, this.#apps.titleOf(place), 'Amplify backends'].filter(Boolean).join(' · ');
    if (this.#stopped.delete(screen)) screen.resume?.();
    this.#stage.show(screen, true);
    if (visit.isAsking && !(screen instanceof CloneScreen)) this.#stage.announce('Waiting for AWS.', true);
  }

  /** Opens a place again, in its own history entry. Reads are repeated; a write is not sent again. */
  #reopen(place: Place = boardPlace({})): void {
    if (this.#isSignedOut) return;
    const { name, app, call } = place;
    const task = tasks.find(({ label }) => label === name);
    if (call && isRead(call)) this.#call({ name, app, call }, undefined, true);
    else if (task && !call) void this.#openTask(task, app, true);
    else this.#openBoard(app, true, call && notSentAgain(place));
  }

  /** Goes to a place. Going to the present place keeps the history entry. */
  #go(place: Place, make: (stage: Stage) => Screen, isReplacing = false): Visit {
    const visit = new Visit(this.#visits.nextId(), place, one => this.#stageOf(one), make);
    this.#visits.go(visit, isReplacing || isSame(place, this.#visits.present?.place));
    return visit;
  }

  /** The stage for the screens of a visit. They make no announcements while the person is elsewhere. */
  #stageOf(visit: Visit): Stage {
    return {
      host: this.#host,
      show: screen => this.#showIn(visit, screen),
      update: () => this.#update(),
      announce: (text, isWaiting) => {
        if (visit === this.#visits.present) this.#stage.announce(text, isWaiting);
      },
    };
  }

  /** Shows a screen in place of another one of the same visit. */
  #showIn(visit: Visit, screen: Screen): void {
    if (this.#isSignedOut) {
      screen.stop?.();
      return;
    }
    const former = visit.screen;
    visit.screen = screen;
    // The former screen waits for nothing any more, and nobody can return to it.
    if (former !== screen) former.stop?.();
    if (visit === this.#visits.present) {
      this.#noteEnds();
      this.#stage.show(screen, true);
    } else {
      this.#leaveScreen(screen);
      this.#update();
    }
  }

  /** Stops a screen that is left, unless it still follows what the person asked for. */
  #leaveScreen(screen: Screen): void {
    if (screen.isPending?.()) return;
    screen.stop?.();
    this.#stopped.add(screen);
  }

  /** Draws the present screen, and announces which calls of other visits have ended. */
  #update(): void {
    this.#noteEnds();
    this.#stage.update();
  }

  #noteEnds(): void {
    const now = this.#visits.all.filter(({ isPending }) => isPending);
    for (const visit of this.#pendingVisits) {
      if (now.includes(visit) || visit === this.#visits.present) continue;
      visit.end = endText(visit);
      this.#leaveScreen(visit.screen);
      const stands = /^(?:has|was) /.test(visit.end) ? ` ${visit.end}` : `: ${visit.end}`;
      this.#stage.announce(`${visit.label}${stands}.`);
    }
    this.#pendingVisits = new Set(now);
  }

  /** @param remark shown above the board */
  #openBoard(app: Arguments, isReplacing = false, remark?: () => Node): void {
    const links = this.#linksOf(app, chosen => this.#openBoard(chosen));
    const make = (stage: Stage) => new BoardScreen(stage, app, links, remark && { remark });
    this.#go(boardPlace(app), make, isReplacing);
  }

  #linksOf(app: Arguments, openApp: (chosen: Arguments) => void): BoardLinks {
    const compare = (args: Arguments) =>
      this.#call({ name: 'Compare', app, call: { tool: 'compare_environments', args } });
    return { openApp, compare };
  }

  #openInventory(app: Arguments): void {
    this.#call({ name: 'Inventory', app, call: { tool: 'take_inventory', args: {} } });
  }

  /** Calls a tool in a new visit. If the very same call is still pending, its visit is shown instead. */
  #call(place: Place & { readonly call: Call }, onRefused?: Visit['onRefused'], isReplacing = false): void {
    const { name, call } = place;
    const same = this.#visits.all.find(visit => visit.isPending && isSame(visit.place.call, call));
    if (same) this.#visits.go(same, isReplacing);
    else {
      const visit = this.#go(place, stage => callScreen(stage, name, call), isReplacing);
      visit.onRefused = onRefused;
      void this.#ask(visit, call);
    }
  }

  /** Calls the tool of a visit and shows the answer there. */
  async #ask(visit: Visit, call: Call): Promise<void> {
    const { screen, stage, place } = visit;
    const { tool, args } = call;
    const clone = screen instanceof CloneScreen ? screen : undefined;
    if (!clone) stage.announce('Waiting for AWS.', true);
    [visit.isAsking, visit.refusal] = [true, undefined];
    this.#update();
    try {
      const result = await this.#host.callTool(tool, args);
      [visit.isAsking, visit.refusal] = [false, refusalOf(result)];
      const { code } = answerIn<Planned>(result).error ?? {};
      if (visit.onRefused && isRefused(result)) visit.onRefused(visit, result);
      else if (clone && code !== 'confirmation_required') clone.result(result);
      else this.#showIn(visit, screenOf(stage, tool, args, result));
    } catch (thrown) {
      const isRepeatable = isRead(call) || (thrown instanceof CallFailure && thrown.isRefusal);
      [visit.isAsking, visit.refusal] = [false, isRepeatable ? NOT_DONE : UNKNOWN_END];
      const again = () => {
        this.#showIn(visit, callScreen(stage, place.name, call));
        void this.#ask(visit, call);
      };
      const openBoard = () => this.#openBoard(place.app);
      this.#showIn(visit, failedScreen(place, thrown, openBoard, isRepeatable ? again : undefined));
    }
  }

  async #openTask(task: Task, app: Arguments, isReplacing = false): Promise<void> {
    const { label } = task;
    const reading = () => waitingScreen(label, 'Reading the environments…');
    const visit = this.#go({ name: label, app }, reading, isReplacing);
    try {
      await this.#readTask(task, visit);
    } catch (thrown) {
      const again = () => void this.#openTask(task, app);
      this.#showIn(
        visit,
        failedScreen(visit.place, thrown, () => this.#openBoard(app), again),
      );
    }
  }

  /** Shows the form of a task with the environments to choose from. */
  async #readTask(task: Task, visit: Visit): Promise<void> {
    const result = await this.#host.callTool('read_board', { ...visit.place.app, only: 'names' });
    const board = answerIn<Board>(result);
    const { app: shown, apps } = board;
    if (shown)
      this.#showIn(visit, new TaskScreen(task, this.#optionsOf(task, visit, shown, environmentNames(board))));
    else if (!apps) this.#showIn(visit, textScreen(task.label, failure(answerIn(result), textIn(result))));
    else {
      const links = this.#linksOf({}, chosen => void this.#openTask(task, chosen));
      const asked = apps.length > 0 ? { board, remark: chooseFirst(task.label) } : { board };
      this.#showIn(visit, new BoardScreen(visit.stage, {}, links, asked));
    }
  }

  /** The app's environments; undefined if they cannot be read, which the call of the form reports by itself. */
  async #readEnvironments(about: Arguments): Promise<readonly string[] | undefined> {
    const result = await this.#host.callTool('read_board', about).catch(() => undefined);
    const board = result ? answerIn<Board>(result) : {};
    return board.app && environmentNames(board);
  }

  /** The options of a task's form. Its calls name the shown app, so that they cannot reach an app that was added since. */
  #optionsOf(task: Task, { stage, place }: Visit, app: BoardApp, names: readonly string[]): TaskOptions {
    const { appId, target } = app;
    const about = { app: appId, ...(target !== undefined && { target }) };
    const options: TaskOptions = {
      subtitle: appText(app),
      environments: names,
      read: () => this.#readEnvironments({ ...about, only: 'names' }),
      ...{ update: stage.update, announce: stage.announce },
      run: (tool, args, values) => {
        const call = { tool, args: { ...about, ...args } };
        this.#call({ ...place, call }, (visit, result) => {
          const form = new TaskScreen(task, { ...options, values, refused: result });
          visit.stage.announce(form.refusal);
          this.#showIn(visit, form);
          if (visit === this.#visits.present) form.focus();
        });
      },
    };
    return options;
  }
}
