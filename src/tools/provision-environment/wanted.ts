/** The wanted contents of an environment, from a short declaration or a snapshot. */
import type { Json } from '../../lib/json.ts';
import { type Category, categories } from '../shared/snapshot/read.ts';
import type { PoolIds } from './existing-pool.ts';

/** A resource that is wanted. */
export interface WantedResource {
  readonly resourceName: string;
  /** Whether the caller gave the name. A default name may differ from the existing one. */
  readonly isNamed: boolean;
  /** The settings that it is created with. */
  readonly resourceConfig: Json;
  /** The settings that the caller gave. Only these are compared with the existing ones. */
  readonly stated: Json;
}

/** A resource of a snapshot that this tool does not create. */
export interface NotCreated {
  /** How a difference shows it: `imported`. */
  readonly shownAs: string;
  /** The reason, and what a person can do. */
  readonly why: string;
}

/** All wanted resources, and what a person should know about them. */
export interface Wanted extends Partial<Readonly<Record<Category, WantedResource>>> {
  readonly notCreated: Readonly<Partial<Record<Category, NotCreated>>>;
  /** The existing user pool to use, where the caller asks for one. `auth` is then absent. */
  readonly pool?: PoolIds | undefined;
  readonly nextSteps: readonly string[];
}

/** The categories that are wanted, in the order of creation: an API may need the user pool. */
export const wantedCategories = (wanted: Wanted): Category[] =>
  categories.filter(
    category => wanted[category] ?? wanted.notCreated[category] ?? (category === 'auth' && wanted.pool),
  );

/** The tools that create and change a category. */
export const toolsOf = (category: Category) =>
  ({ create: `create_backend_${category}`, update: `update_backend_${category}` }) as const;
