/**
 * Where a person has been on the page: each entry of the browser's history stands for a visit, so that Back and Forward
 * lead from one to the other. The address stays the same; what an entry holds is for this tab alone.
 */
import type { Arguments, ToolResult } from './host.ts';
import type { Screen, Stage } from './stage.ts';
import { nameText } from './text.ts';

export interface Call {
  readonly tool: string;
  readonly args: Arguments;
}

/** A place of the page, as an entry of the history holds it. */
export interface Place {
  /** As the navigation has it. */
  readonly name: string;
  /** The app that was chosen; without a choice the server takes the only one. */
  readonly app: Arguments;
  /** The call whose answer is shown there. */
  readonly call?: Call;
}

/** Tools that change nothing, so that asking once more does no harm. */
const READS = /^(?:read|compare|take|assess|verify)_/;

export const isRead = ({ tool }: Call): boolean => READS.test(tool);

/** What a place is about, in some words. */
export function labelOf({ name, call }: Place): string {
  const { from, to, environment } = call?.args ?? {};
  const about = [from, to, environment].flatMap(one => (one === undefined ? [] : [nameText(one)]));
  return [name, about.join(' to ')].filter(Boolean).join(' ');
}

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** How many visits keep their screens; older ones are opened anew. */
const MOST = 30;

export class Visit {
  readonly id: string;
  readonly place: Place;
  readonly stage: Stage;
  screen: Screen;
  /** Whether its call has no answer yet. */
  isAsking = false;
  /** How its call was answered, where that was no success. */
  refusal: string | undefined;
  /** How it stands, where what it waited for has ended while the person was elsewhere. */
  end: string | undefined;
  /** Shows the form again where the call was refused. */
  onRefused: ((visit: Visit, result: ToolResult) => void) | undefined;

  constructor(id: string, place: Place, stageOf: (visit: Visit) => Stage, make: (stage: Stage) => Screen) {
    this.id = id;
    this.place = place;
    this.stage = stageOf(this);
    this.screen = make(this.stage);
  }

  /** Whether something that it asked for, and that may change something, has not ended. */
  get goesOn(): boolean {
    const { call } = this.place;
    return (call !== undefined && !isRead(call) && this.isAsking) || (this.screen.goesOn?.() ?? false);
  }

  get label(): string {
    return labelOf(this.place);
  }
}

/** What stands in an entry of the history, which another document of this page may have made. */
interface Entry extends Place {
  readonly visit: string;
}

function entryIn(state: unknown): Entry | undefined {
  const { visit, name, app } = (state ?? {}) as Partial<Entry>;
  const isEntry = typeof visit === 'string' && typeof name === 'string' && typeof app === 'object';
  return isEntry ? (state as Entry) : undefined;
}

export interface VisitsOptions {
  /** A person went to a visit. */
  enter(visit: Visit): void;
  /** A person went to an entry whose visit is not kept, such as one from before the page was loaded. */
  reopen(place: Place | undefined): void;
}

export class Visits {
  readonly #kept = new Map<string, Visit>();
  readonly #options: VisitsOptions;
  #count = 0;
  #present: Visit | undefined;

  constructor(options: VisitsOptions) {
    this.#options = options;
    window.addEventListener('popstate', ({ state }) => this.#return(entryIn(state)));
  }

  get present(): Visit | undefined {
    return this.#present;
  }

  /** All that are kept, the oldest first. */
  get all(): Visit[] {
    return [...this.#kept.values()];
  }

  /** Opens what the entry of the history stands for, with which the page was loaded. */
  start(): void {
    this.#return(entryIn(history.state));
  }

  /** An id that no other document of this tab's history has given. */
  nextId(): string {
    this.#count += 1;
    return `${performance.timeOrigin} ${this.#count}`;
  }

  /** Goes to a visit. @param isReplacing in place of the present one, to which Back leads no more */
  go(visit: Visit, isReplacing: boolean): void {
    this.#kept.delete(visit.id);
    this.#kept.set(visit.id, visit);
    const entry: Entry = { ...visit.place, visit: visit.id };
    if (isReplacing) history.replaceState(entry, '');
    else history.pushState(entry, '');
    this.#enter(visit);
    this.#forgetOldest();
  }

  #enter(visit: Visit): void {
    visit.end = undefined;
    this.#present = visit;
    this.#options.enter(visit);
  }

  #return(entry: Entry | undefined): void {
    const visit = entry && this.#kept.get(entry.visit);
    this.#present = undefined;
    if (visit) this.#enter(visit);
    else this.#options.reopen(entry);
  }

  #forgetOldest(): void {
    const idle = this.all.filter(
      visit => visit !== this.#present && !visit.goesOn && visit.end === undefined,
    );
    for (const visit of idle.slice(0, Math.max(0, this.#kept.size - MOST))) {
      visit.screen.stop?.();
      this.#kept.delete(visit.id);
    }
  }
}
