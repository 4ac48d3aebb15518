/**
 * Visits of places on the page. Each has an entry in the browser's history, so that Back and Forward work. The address stays
 * the same, and the entry's state is known to this tab alone.
 */
import type { Arguments, ToolResult } from './host.ts';
import type { Screen, Stage } from './stage.ts';
import { nameText } from './text.ts';

export interface Call {
  readonly tool: string;
  readonly args: Arguments;
}

/** A place on the page, as it is stored in a history entry. */
export interface Place {
  /** Its label in the navigation. */
  readonly name: string;
  /** The chosen app; empty if none was chosen, so that the server takes the only one. */
  readonly app: Arguments;
  /** The call whose answer the place shows. */
  readonly call?: Call;
}

/** Tools that only read, so that a call can be repeated. */
const READS = /^(?:read|compare|take|assess|verify)_/;

export const isRead = ({ tool }: Call): boolean => READS.test(tool);

/** A place in a few words, such as "Clone dev to qa". */
export function labelOf({ name, call }: Place): string {
  const { from, to, environment } = call?.args ?? {};
  const about = [from, to, environment].flatMap(one => (one === undefined ? [] : [nameText(one)]));
  return [name, about.join(' to ')].filter(Boolean).join(' ');
}

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** How many visits are kept with their screens. Older places are opened again on return. */
const MOST_VISITS = 30;

export class Visit {
  readonly id: string;
  readonly place: Place;
  readonly stage: Stage;
  screen: Screen;
  /** Whether its call has no answer yet. */
  isAsking = false;
  /** How its call failed; undefined if it did not. */
  refusal: string | undefined;
  /** How its call ended, if that happened while the person was elsewhere. */
  end: string | undefined;
  /** Shows the form again after its call was refused. */
  onRefused: ((visit: Visit, result: ToolResult) => void) | undefined;

  constructor(id: string, place: Place, stageOf: (visit: Visit) => Stage, make: (stage: Stage) => Screen) {
    this.id = id;
    this.place = place;
    this.stage = stageOf(this);
    this.screen = make(this.stage);
  }

  /** Whether a call or job of it that may change something has not ended. */
  get isPending(): boolean {
    const { call } = this.place;
    return (call !== undefined && !isRead(call) && this.isAsking) || (this.screen.isPending?.() ?? false);
  }

  get label(): string {
    return labelOf(this.place);
  }
}

/** The state of a history entry. It may be from before the page was loaded. */
interface Entry extends Place {
  readonly visit: string;
}

function entryIn(state: unknown): Entry | undefined {
  const { visit, name, app } = (state ?? {}) as Partial<Entry>;
  const isEntry = typeof visit === 'string' && typeof name === 'string' && typeof app === 'object';
  return isEntry ? (state as Entry) : undefined;
}

export interface VisitsOptions {
  /** The person went to a visit. */
  enter(visit: Visit): void;
  /** The person went to an entry whose visit is not kept, such as one from before the page was loaded. */
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

  /** The kept visits, oldest first. */
  get all(): Visit[] {
    return [...this.#kept.values()];
  }

  /** Opens the place of the present history entry. */
  start(): void {
    this.#return(entryIn(history.state));
  }

  /** A new id, unique in this tab's history, also across reloads. */
  nextId(): string {
    this.#count += 1;
    return `${performance.timeOrigin} ${this.#count}`;
  }

  /** Goes to a visit. @param isReplacing whether it replaces the present history entry */
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
      visit => visit !== this.#present && !visit.isPending && visit.end === undefined,
    );
    for (const visit of idle.slice(0, Math.max(0, this.#kept.size - MOST_VISITS))) {
      visit.screen.stop?.();
      this.#kept.delete(visit.id);
    }
  }
}
