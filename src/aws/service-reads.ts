/** Reads of AWS services other than AmplifyBackend. The first read loads a service's client, which is kept while it is used. */
import type { ServerError } from '../errors.ts';
import { OnDemand } from '../lib/on-demand.ts';
import type { AwsSettings } from './client.ts';
import { toAwsFailure } from './failures.ts';

/** A service's client, its SDK, and the base class of its exceptions. */
export interface Service<Client extends { destroy(): void }, Sdk> {
  readonly client: Client;
  /** Kept with the client, since each import of a bundled CommonJS package copies all its exports. */
  readonly sdk: Sdk;
  readonly exception: new (...args: never[]) => Error;
}

/** What the reads of a service need from their target. */
export interface ServiceTarget {
  /** Where and as whom to call, resolved by the first read. */
  settings(): Promise<AwsSettings>;
  /** Called with each failure, so that refused keys are not used again. */
  onFailure(failure: ServerError): void;
  /** Has `run` called when the target releases its unused clients. */
  onRelease(run: () => void): void;
}

/** Runs one read. @param iamAction such as `amplify:ListApps` @throws ServerError */
export type ReadService<Client, Sdk> = <Answer>(
  iamAction: string,
  run: (client: Client, sdk: Sdk) => Promise<Answer>,
) => Promise<Answer>;

/** Creates the reads of a service. @param open loads the service's SDK and creates its client */
export function createReadService<Client extends { destroy(): void }, Sdk>(
  { settings, onFailure, onRelease }: ServiceTarget,
  open: (settings: AwsSettings) => Promise<Service<Client, Sdk>>,
): ReadService<Client, Sdk> {
  const service = new OnDemand(
    () => settings().then(open),
    ({ client }) => client.destroy(),
  );
  onRelease(() => service.release());
  return (iamAction, run) =>
    service.use(async ({ client, sdk, exception }) => {
      const [, name = iamAction] = iamAction.split(':');
      try {
        return await run(client, sdk);
      } catch (thrown) {
        const operation = { name, access: 'read', evidence: undefined, iamAction, exception } as const;
        const failure = toAwsFailure(thrown, operation, []);
        onFailure(failure);
        throw failure;
      }
    });
}

/** The items of a service's pages. @param most how many pages to read at most */
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
