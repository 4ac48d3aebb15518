/** The things in AWS that a resource holds, each with what its loss means. */

/** Whether things of a kind hold data that cannot be recreated, and whether they cost money while unused. */
interface Kind {
  readonly holdsData: boolean;
  readonly costsMoney: boolean;
}

const dataAndMoney: Kind = { holdsData: true, costsMoney: true };
const data: Kind = { holdsData: true, costsMoney: false };
const money: Kind = { holdsData: false, costsMoney: true };
const neither: Kind = { holdsData: false, costsMoney: false };

/**
 * Every kind of thing. `costsMoney` means that AWS charges for it even if nobody uses it, by its price lists: storage, shards,
 * instances, addresses.
 * The users of a pool cannot be exported with their passwords, so a pool holds data.
 */
export const thingKinds = {
  'user pool': data,
  'identity pool': data,
  'user pool group': data,
  'app client': neither,
  'hosted UI domain': neither,
  table: dataAndMoney,
  'table stream': neither,
  bucket: dataAndMoney,
  'GraphQL API': neither,
  'REST API': neither,
  'search domain': dataAndMoney,
  function: neither,
  'layer version': data,
  'event rule': neither,
  role: neither,
  queue: data,
  topic: data,
  stream: dataAndMoney,
  'Pinpoint app': data,
  'Lex bot': data,
  'Rekognition collection': data,
  'SageMaker endpoint': money,
  map: neither,
  'place index': neither,
  'geofence collection': data,
  tracker: data,
  'CloudFront distribution': money,
  'live channel': money,
  'container service': money,
  cluster: money,
  pipeline: money,
  database: dataAndMoney,
  secret: dataAndMoney,
  'encryption key': dataAndMoney,
  certificate: neither,
  network: money,
  'log group': dataAndMoney,
  'state machine': neither,
  repository: dataAndMoney,
  stack: neither,
  'custom stack': neither,
  address: neither,
  'something else': dataAndMoney,
} as const satisfies Readonly<Record<string, Kind>>;

export type ThingKind = keyof typeof thingKinds;

/** A thing in AWS. It has a name, an id or an ARN, except a search domain, whose name may be unknown. */
export interface HeldThing {
  readonly kind: ThingKind;
  /** Its name. Foreign text, like `id` and `arn`: quote it before it is shown. */
  readonly name?: string;
  /** AWS's identifier, where that is not the name. */
  readonly id?: string;
  readonly arn?: string;
  /** Whether its loss is a loss of data. True for unknown kinds. */
  readonly holdsData: boolean;
  /** Whether it costs money while unused. True for unknown kinds. */
  readonly costsMoney: boolean;
  /** Set where only the form of an output's value shows it: it may belong to another project. */
  readonly isGuess?: true;
}

/** The identifiers of a thing. */
export interface ThingNames {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly arn?: string | undefined;
}

/** Creates a thing. Undefined identifiers are left out. */
export function createThing(kind: ThingKind, { name, id, arn }: ThingNames, isGuess = false): HeldThing {
  return {
    kind,
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(arn !== undefined && { arn }),
    ...thingKinds[kind],
    ...(isGuess && { isGuess: true as const }),
  };
}

/** Its name and its id; its ARN where it has neither. */
export function namesOfThing({ name, id, arn }: HeldThing): string[] {
  const names = [name, id].filter(one => one !== undefined);
  return names.length > 0 || arn === undefined ? [...new Set(names)] : [arn];
}

/** All its identifiers. */
export const identifiersOfThing = ({ name, id, arn }: HeldThing): string[] =>
  [name, id, arn].filter(one => one !== undefined);
