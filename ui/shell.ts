/**
 * The way round the page in a browser, where no chat is beside it: which app, what of it, and the calls that an agent would
 * make. What the answers look like is for the screens.
 */
import { answerIn, type Board, type BoardApp, environmentNames, type Planned, textIn } from './answers.ts';
import { endOf, isRefused, NOT_DONE, refusalOf, standOf, UNKNOWN_END } from './call-ends.ts';
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
  chooseFirst,
  failedScreen,
  notSentAgain,
  signedOutScreen,
  textScreen,
  waiting,
  waitingScreen,
} from './shell-screens.ts';
import { createStage, type Look, type Screen, type Stage } from './stage.ts';
import { type Task, TaskScreen, type TaskUse, tasks } from './tasks.ts';
import { type Call, isRead, isSame, type Place, Visit, Visits } from './visits.ts';

/** Opens the page with its way round. */
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
  /** What the settings of the server refuse: a sentence for each tool. */
  readonly #withheld: Readonly<Record<string, string>>;
  readonly #resting = new WeakSet<Screen>();
  #goingOn = new Set<Visit>();
  #isSignedOut = false;

  constructor(root: HTMLElement) {
    this.#withheld = JSON.parse(settingOf('withheld') ?? '{}') as Readonly<Record<string, string>>;
    this.#host = this.#apps.learnFrom(openHttpHost(words => this.#signOut(words)));
    this.#stage = createStage(root, this.#host, {
      navigation: look => this.#navigation(look),
      leave: screen => this.#leave(screen),
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

  #navigation(look: Look): Node | undefined {
    if (this.#isSignedOut) return undefined;
    const { present } = this.#visits;
    const visits = this.#visits.all.filter(
      visit => visit !== present && (visit.goesOn || visit.end !== undefined),
    );
    return navigation({
      here: present?.place.name,
      about: this.#apps.besides(look, present?.place.call),
      places: [
        ['Board', () => this.#openBoard(this.#app)],
        ...tasks
          .filter(({ tool = '' }) => !Object.hasOwn(this.#withheld, tool))
          .map(task => [task.label, () => void this.#openTask(task, this.#app)] as const),
        ['Inventory', () => this.#openInventory(this.#app)],
        ...(Object.keys(this.#app).length > 0 ? [['All apps', () => this.#openBoard({})] as const] : []),
      ],
      underWay: visits.map(visit => ({
        label: visit.label,
        stand: standOf(visit),
        open: () => this.#visits.go(visit, false),
      })),
      remarks: present?.place.name === 'Board' ? Object.values(this.#withheld) : [],
    });
  }

  #enter(visit: Visit): void {
    if (this.#isSignedOut) return;
    const { place, screen } = visit;
    // What was said last was about another place.
    this.#stage.say('');
    document.title = [place.name, this.#apps.titleOf(place), 'Amplify backends'].filter(Boolean).join(' · ');
    if (this.#resting.delete(screen)) screen.resume?.();
    this.#stage.show(screen, true);
    if (visit.isAsking && !(screen instanceof CloneScreen)) this.#stage.say('Waiting for AWS.', true);
  }

  /** Opens a place anew, in the entry of the history that stands for it. A write is not sent again for that. */
  #reopen(place: Place = boardPlace({})): void {
    if (this.#isSignedOut) return;
    const { name, app, call } = place;
    const task = tasks.find(({ label }) => label === name);
    if (call && isRead(call)) this.#call({ name, app, call }, undefined, true);
    else if (task && !call) void this.#openTask(task, app, true);
    else this.#openBoard(app, true, call && notSentAgain(place));
  }

  /** Goes to a place. Whoever goes where they are stays in the same entry of the history. */
  #go(place: Place, make: (stage: Stage) => Screen, isReplacing = false): Visit {
    const visit = new Visit(this.#visits.nextId(), place, one => this.#stageOf(one), make);
    this.#visits.go(visit, isReplacing || isSame(place, this.#visits.present?.place));
    return visit;
  }

  /** The stage as the screens of a visit have it: while the person is elsewhere they say nothing. */
  #stageOf(visit: Visit): Stage {
    return {
      host: this.#host,
      show: screen => this.#put(visit, screen),
      update: () => this.#update(),
      say: (text, isWaiting) => {
        if (visit === this.#visits.present) this.#stage.say(text, isWaiting);
      },
    };
  }

  /** Shows a screen in place of another one of the same visit. */
  #put(visit: Visit, screen: Screen): void {
    if (this.#isSignedOut) {
      screen.stop?.();
      return;
    }
    const former = visit.screen;
    visit.screen = screen;
    // What waited there waits no more, and nobody can come back to it.
    if (former !== screen) former.stop?.();
    if (visit === this.#visits.present) {
      this.#noteEnds();
      this.#stage.show(screen, true);
    } else {
      this.#leave(screen);
      this.#update();
    }
  }

  /** What a person has asked for is followed to its end, wherever the person is; all else rests. */
  #leave(screen: Screen): void {
    if (screen.goesOn?.()) return;
    screen.stop?.();
    this.#resting.add(screen);
  }

  /** Draws what is shown, and says what has ended elsewhere. */
  #update(): void {
    this.#noteEnds();
    this.#stage.update();
  }

  #noteEnds(): void {
    const now = this.#visits.all.filter(({ goesOn }) => goesOn);
    for (const visit of this.#goingOn) {
      if (now.includes(visit) || visit === this.#visits.present) continue;
      visit.end = endOf(visit);
      this.#leave(visit.screen);
      const stands = /^(?:has|was) /.test(visit.end) ? ` ${visit.end}` : `: ${visit.end}`;
      this.#stage.say(`${visit.label}${stands}.`);
    }
    this.#goingOn = new Set(now);
  }

  /** @param remark stands above the board */
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

  /** Calls a tool in a visit of its own. The very same call that goes on is shown instead. */
  #call(place: Place & { readonly call: Call }, onRefused?: Visit['onRefused'], isReplacing = false): void {
    const { name, call } = place;
    const same = this.#visits.all.find(visit => visit.goesOn && isSame(visit.place.call, call));
    if (same) this.#visits.go(same, isReplacing);
    else {
      const visit = this.#go(place, stage => waitingScreen(stage, name, call), isReplacing);
      visit.onRefused = onRefused;
      void this.#ask(visit, call);
    }
  }

  /** Calls the tool of a visit and shows there what it answers. */
  async #ask(visit: Visit, call: Call): Promise<void> {
    const { screen, stage, place } = visit;
    const { tool, args } = call;
    const clone = screen instanceof CloneScreen ? screen : undefined;
    if (!clone) stage.say('Waiting for AWS.', true);
    [visit.isAsking, visit.refusal] = [true, undefined];
    this.#update();
    try {
      const result = await this.#host.callTool(tool, args);
      [visit.isAsking, visit.refusal] = [false, refusalOf(result)];
      const { code } = answerIn<Planned>(result).error ?? {};
      if (visit.onRefused && isRefused(result)) visit.onRefused(visit, result);
      else if (clone && code !== 'confirmation_required') clone.result(result);
      else this.#put(visit, screenOf(stage, tool, args, result));
    } catch (thrown) {
      const isRepeatable = isRead(call) || (thrown instanceof CallFailure && thrown.isRefusal);
      [visit.isAsking, visit.refusal] = [false, isRepeatable ? NOT_DONE : UNKNOWN_END];
      const again = () => {
        this.#put(visit, waitingScreen(stage, place.name, call));
        void this.#ask(visit, call);
      };
      const openBoard = () => this.#openBoard(place.app);
      this.#put(visit, failedScreen(place, thrown, openBoard, isRepeatable ? again : undefined));
    }
  }

  async #openTask(task: Task, app: Arguments, isReplacing = false): Promise<void> {
    const { label } = task;
    const reading = () => waiting(label, 'Reading the environments…');
    const visit = this.#go({ name: label, app }, reading, isReplacing);
    try {
      await this.#readTask(task, visit);
    } catch (thrown) {
      const again = () => void this.#openTask(task, app);
      this.#put(
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
      this.#put(visit, new TaskScreen(task, this.#useOf(task, visit, shown, environmentNames(board))));
    else if (!apps) this.#put(visit, textScreen(task.label, failure(answerIn(result), textIn(result))));
    else {
      const links = this.#linksOf({}, chosen => void this.#openTask(task, chosen));
      const asked = apps.length > 0 ? { board, remark: chooseFirst(task.label) } : { board };
      this.#put(visit, new BoardScreen(visit.stage, {}, links, asked));
    }
  }

  /** Undefined where they cannot be read, which the call of the form itself says. */
  async #readEnvironments(about: Arguments): Promise<readonly string[] | undefined> {
    const result = await this.#host.callTool('read_board', about).catch(() => undefined);
    const board = result ? answerIn<Board>(result) : {};
    return board.app && environmentNames(board);
  }

  /** Calls name the app that is shown, so that no other one can be meant where there are several by then. */
  #useOf(task: Task, { stage, place }: Visit, shown: BoardApp, environments: readonly string[]): TaskUse {
    const { appId, target } = shown;
    const about = { app: appId, ...(target !== undefined && { target }) };
    const use: TaskUse = {
      subtitle: appText(shown),
      environments,
      read: () => this.#readEnvironments({ ...about, only: 'names' }),
      ...{ update: stage.update, say: stage.say },
      run: (tool, args, values) => {
        const call = { tool, args: { ...about, ...args } };
        this.#call({ ...place, call }, (visit, result) => {
          const form = new TaskScreen(task, { ...use, values, refused: result });
          visit.stage.say(form.refusal);
          this.#put(visit, form);
          if (visit === this.#visits.present) form.focus();
        });
      },
    };
    return use;
  }
}
