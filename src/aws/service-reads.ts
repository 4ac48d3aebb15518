/** Reads of AWS services beside AmplifyBackend: each service's client is loaded by the first read, and kept while it is used. */
import type { ServerError } from '../errors.ts';
import { OnDemand } from '../lib/on-demand.ts';
import type { AwsSettings } from './client.ts';
import { toAwsFailure } from './failures.ts';

/** A service's client, and what it throws for what the service answers. */
export interface Service<Client extends { destroy(): void }> {
  readonly client: Client;
  readonly exception: new (...args: never[]) => Error;
}

/** A target, as its further services need it. */
export interface ServiceTarget {
  /** Where and as whom; settled when the first read needs it. */
  settings(): Promise<AwsSettings>;
  /** Learns of each failure: keys that were refused are not to be used again. */
  onFailure(failure: ServerError): void;
  /** Has this run when the target gives back what can be made again. */
  onRelease(run: () => void): void;
}

/** Runs one read. @param iamAction `amplify:ListApps` @throws RegisteredError */
export type ReadService<Client> = <Answer>(
  iamAction: string,
  run: (client: Client) => Promise<Answer>,
) => Promise<Answer>;

/** Makes it. */
export function createReadService<Client extends { destroy(): void }>(
  { settings, onFailure, onRelease }: ServiceTarget,
  load: (settings: AwsSettings) => Promise<Service<Client>>,
): ReadService<Client> {
  const service = new OnDemand(
    () => settings().then(load),
    ({ client }) => client.destroy(),
  );
  onRelease(() => service.release());
  return (iamAction, run) =>
    service.use(async ({ client, exception }) => {
      const [, name = iamAction] = iamAction.split(':');
      try {
        return await run(client);
      } catch (thrown) {
        const operation = { name, access: 'read', evidence: undefined, iamAction, exception } as const;
        const failure = toAwsFailure(thrown, operation, []);
        onFailure(failure);
        throw failure;
      }
    });
}

/** The items of a service's pages. @param most pages that are read at most */
export async function readAll<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
  most: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let read = 0;
  for await (const page of pages) {
    items.push(...(itemsOf(page) ?? []));
    read += 1;
    if (read >= most) break;
  }
  return items;
}
