/**
 * The description of each service that the Amplify CLI can put into an environment, by category and service: which
 * outputs name what it holds, which are settings, and what the meta does not show. The rows are in `service-table.ts`.
 */
import type { Json } from '../lib/json.ts';
import type { HeldThing, ThingKind } from './held-things.ts';

/** A thing that a service holds, by the outputs that name it. The first output that exists counts. */
export interface HoldRule {
  readonly kind: ThingKind;
  readonly name?: string;
  readonly id?: string;
  readonly arn?: string;
}

/** The outputs of a resource, without secrets, and its whole entry in the meta. */
export interface Entry {
  readonly name: string;
  readonly outputs: Json;
  readonly facts: Json;
}

/** The description of a service. */
export interface Service {
  readonly category: string;
  /** Its name in the meta: `Cognito`, `API Gateway` ... */
  readonly service: string;
  readonly holds?: readonly HoldRule[];
  /** Things that single outputs do not name. */
  readonly holdsMore?: (entry: Entry) => readonly HeldThing[];
  /** Outputs that name things of other resources or projects. */
  readonly refersTo?: readonly string[];
  /** Outputs that identify it to a person, the best first. */
  readonly knownAs?: readonly string[];
  /** A name for a person where no output gives one. */
  readonly fallbackName?: (entry: Entry) => string | undefined;
  /** Outputs that are settings. They are compared by value, even if they look like identifiers. */
  readonly settings?: readonly string[];
  /** The same, by a pattern of names. */
  readonly hasSettingsIn?: RegExp;
  /** Outputs that only some configurations of the resource have. Only their presence is compared. */
  readonly features?: readonly string[];
  /** Facts that outputs hold indirectly: a layer's version, the names of groups. */
  readonly derivedFacts?: (entry: Entry) => Json;
  /** Outputs that the CLI writes when a resource is added, before anything is deployed. */
  readonly beforePush?: readonly string[];
  /** Set where it has no outputs even when it is deployed. */
  readonly hasNoOutputs?: true;
  /** What the meta does not show, and so is not compared: "its code and variables". */
  readonly notShown: string;
}
