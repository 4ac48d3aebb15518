/** What a resource holds: the things of AWS's behind it, each with what its loss means. */

/** Whether a thing of a kind keeps what nobody can make again, and whether it costs money while nobody uses it. */
interface Kind {
  readonly holdsData: boolean;
  readonly costsMoney: boolean;
}

const dataAndMoney: Kind = { holdsData: true, costsMoney: true };
const data: Kind = { holdsData: true, costsMoney: false };
const money: Kind = { holdsData: false, costsMoney: true };
const neither: Kind = { holdsData: false, costsMoney: false };

/**
 * Every kind. Costs are those that run without use, by AWS's price lists: storage, shards, instances, addresses. Users
 * and identities of a pool cannot be exported with their passwords, so a pool holds data.
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

/** A thing of AWS's. It has a name, an id or an ARN; a search domain may have none that anything tells. */
export interface HeldThing {
  readonly kind: ThingKind;
  /** As its maker called it. Foreign text, as are the next two: quote it before it is shown. */
  readonly name?: string;
  /** As AWS identifies it, where that is not its name. */
  readonly id?: string;
  readonly arn?: string;
  /** Whether its loss is a loss of data. Of what nobody can tell, both are true. */
  readonly holdsData: boolean;
  /** Whether it costs money also while nobody uses it. */
  readonly costsMoney: boolean;
  /** Set where it is known only by the look of an output: it may belong to somebody else. */
  readonly isGuess?: true;
}

/** What identifies a thing. */
export interface ThingNames {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly arn?: string | undefined;
}

/** Makes it of its names, of which those that are undefined are left out. */
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

/** Its names, the one that a person knows it by first: its name, its id; its ARN where it has neither. */
export function namesOfThing({ name, id, arn }: HeldThing): string[] {
  const names = [name, id].filter(one => one !== undefined);
  return names.length > 0 || arn === undefined ? [...new Set(names)] : [arn];
}

/** All by which it can be found in AWS. */
export const identifiersOfThing = ({ name, id, arn }: HeldThing): string[] =>
  [name, id, arn].filter(one => one !== undefined);
