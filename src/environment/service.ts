/**
 * What is known of each service that the Amplify CLI can put into an environment, by category and service: which of
 * its outputs name what it holds, which are settings, and what the meta does not tell. The rows stand in
 * `service-table.ts`.
 */
import type { Json } from '../lib/json.ts';
import type { HeldThing, ThingKind } from './held-things.ts';

/** A thing that a service holds, by the outputs that name it. Of several outputs the first that is there counts. */
export interface HoldRule {
  readonly kind: ThingKind;
  readonly name?: string;
  readonly id?: string;
  readonly arn?: string;
}

/** The outputs of a resource, without secrets, and what else its entry in the meta holds. */
export interface Entry {
  readonly name: string;
  readonly outputs: Json;
  readonly facts: Json;
}

/** What is known of a service. */
export interface Service {
  readonly category: string;
  /** As the meta has it: `Cognito`, `API Gateway` ... */
  readonly service: string;
  readonly holds?: readonly HoldRule[];
  /** What it holds beyond single outputs. */
  readonly holdsMore?: (entry: Entry) => readonly HeldThing[];
  /** Outputs that name things of other resources, or of other people. */
  readonly refersTo?: readonly string[];
  /** Outputs by which a person knows it, the most telling first. */
  readonly knownAs?: readonly string[];
  /** What a person knows it by where no output tells. */
  readonly calls?: (entry: Entry) => string | undefined;
  /** Outputs that are settings, and are compared by their values whatever they look like. */
  readonly settings?: readonly string[];
  /** The same of outputs whose names fit. */
  readonly hasSettingsIn?: RegExp;
  /** Outputs that some have and others have not, by how they are set up: it is compared whether they are there. */
  readonly features?: readonly string[];
  /** Facts that stand in the outputs, but not as such: a layer's version, the names of groups. */
  readonly derives?: (entry: Entry) => Json;
  /** Outputs that the CLI writes when a resource is added, before anything is deployed. */
  readonly beforePush?: readonly string[];
  /** Set where it has no outputs even when it is deployed. */
  readonly isSilent?: true;
  /** What the meta does not tell of it, and what therefore is not compared: "its code and variables". */
  readonly untold: string;
}
