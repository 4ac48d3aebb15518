/** What an environment is to have, whichever way it was said: by a short declaration or by a snapshot. */
import type { Json } from '../../lib/json.ts';
import { type Category, categories } from '../snapshot/read.ts';

/** A resource that is wanted. */
export interface WantedResource {
  readonly resourceName: string;
  /** Whether the name was said; a default is no reason to call another name a difference. */
  readonly isNamed: boolean;
  /** The settings that it is made with. */
  readonly resourceConfig: Json;
  /** Those of them that were said: what is there is compared with these alone. */
  readonly said: Json;
}

/** All that is wanted, and what to tell of it. */
export interface Wanted extends Partial<Readonly<Record<Category, WantedResource>>> {
  /** Imported where the settings come from: only a person can say whether to share it. Each with what to say. */
  readonly imported: Readonly<Partial<Record<Category, string>>>;
  readonly nextSteps: readonly string[];
}

/** The categories that are wanted, in the order in which they are made: an API may need the users. */
export const wantedCategories = (wanted: Wanted): Category[] =>
  categories.filter(category => wanted[category] ?? wanted.imported[category]);

/** The tools that make and change a category. */
export const toolsOf = (category: Category) =>
  ({ create: `create_backend_${category}`, update: `update_backend_${category}` }) as const;
