/** Apps that the board was read of: every place says whose app it is about, since accounts can have apps of one name. */
import { answerIn, type Board, type BoardApp } from './answers.ts';
import type { Arguments, Host } from './host.ts';
import type { Look } from './stage.ts';
import { nameText } from './text.ts';
import type { Call, Place } from './visits.ts';

const joined = (...parts: readonly unknown[]) =>
  parts.flatMap(part => (part === undefined ? [] : [nameText(part)])).join(' · ');

/** An app and where it is, on one line. */
export const appText = ({ name, appId, target, account, region }: BoardApp): string =>
  joined(name, appId, target, account, region);

const keyOf = (app: unknown, target: unknown) => JSON.stringify([app, target]);

export class KnownApps {
  readonly #apps = new Map<string, BoardApp>();

  /** The same host; what it answers about an app is kept. */
  learnFrom(host: Host): Host {
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

  /** The app of a call, as far as it is known. */
  textOf({ app, target }: Arguments): string | undefined {
    if (app === undefined) return undefined;
    const known = this.#apps.get(keyOf(app, target));
    return known ? appText(known) : joined(app, target);
  }

  /** The app of a call, for a look that does not name it itself. */
  besides({ title, subtitle }: Look, call: Call | undefined): string | undefined {
    const text = call && this.textOf(call.args);
    const said = [title, subtitle].map(one => (one instanceof Node ? one.textContent : one)).join(' · ');
    return text !== undefined && said.includes(text) ? undefined : text;
  }

  /** The chosen app for the title of the tab; without a choice there is only one. */
  titleOf({ app: { app, target } }: Place): string {
    return joined(this.#apps.get(keyOf(app, target))?.name ?? app, target);
  }
}
