/** The apps whose boards were read. Every view names its app and account, since two accounts can have apps of the same name. */
import { answerIn, type Board, type BoardApp } from './answers.ts';
import type { Arguments, Host } from './host.ts';
import type { ScreenContent } from './stage.ts';
import { nameText } from './text.ts';
import type { Call, Place } from './visits.ts';

const joined = (...parts: readonly unknown[]) =>
  parts.flatMap(part => (part === undefined ? [] : [nameText(part)])).join(' · ');

/** An app with its target, account and region, on one line. */
export const appText = ({ name, appId, target, account, region }: BoardApp): string =>
  joined(name, appId, target, account, region);

const keyOf = (app: unknown, target: unknown) => JSON.stringify([app, target]);

export class KnownApps {
  readonly #apps = new Map<string, BoardApp>();

  /** Wraps a host so that the app in each of its board answers is remembered. */
  recordFrom(host: Host): Host {
    return {
      ...host,
      callTool: async (name, args) => {
        const result = await host.callTool(name, args);
        const { app } = name === 'read_board' ? answerIn<Board>(result) : {};
        if (app) this.#apps.set(keyOf(app.appId, app.target), app);
        return result;
      },
    };
  }

  /** The app of a call, with what is known of it. */
  textOf({ app, target }: Arguments): string | undefined {
    if (app === undefined) return undefined;
    const known = this.#apps.get(keyOf(app, target));
    return known ? appText(known) : joined(app, target);
  }

  /** The app of a call, unless the title or subtitle names it already. */
  textUnlessShown({ title, subtitle }: ScreenContent, call: Call | undefined): string | undefined {
    const text = call && this.textOf(call.args);
    const said = [title, subtitle].map(one => (one instanceof Node ? one.textContent : one)).join(' · ');
    return text !== undefined && said.includes(text) ? undefined : text;
  }

  /** The chosen app, for the title of the tab; empty if none was chosen, because the account has only one. */
  titleOf({ app: { app, target } }: Place): string {
    return joined(this.#apps.get(keyOf(app, target))?.name ?? app, target);
  }
}
