/** A stack's resources. Their properties are resolved as far as the stack's parameters, outputs and resources allow. */
import { isObject, type Json, memberOf, objectOf, textOf } from '../lib/json.ts';
import { Resolver } from './intrinsics.ts';
import type { StackFacts } from './stacks.ts';

/** A resource of a template whose condition holds, or might. */
export interface TemplateResource {
  readonly stack: StackView;
  readonly logicalId: string;
  readonly type: string;
  /** As the template has it; resolve what is needed of it. */
  readonly properties: Json;
  /** `Retain`, `Delete` ...; undefined where the template names none, which deletes all but snapshots. */
  readonly deletionPolicy?: string;
  /** Whether its condition could not be computed, so that it may not exist. */
  readonly unsure: boolean;
}

/** The property that names a resource of a type, which `Ref` gives. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::DynamoDB::Table': 'TableName',
  'Custom::AmplifyDynamoDBTable': 'tableName',
  'Custom::ImportedAmplifyDynamoDBTable': 'tableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Kinesis::Stream': 'Name',
};

/** Templates of AWS have at most 500 resources. */
const MOST_RESOURCES = 2_000;
/** How deep the names of resources may refer to each other's. */
const MOST_NAMES_IN_NAMES = 20;

const isList = (type: unknown) =>
  type === 'CommaDelimitedList' || (typeof type === 'string' && type.startsWith('List<'));

function parametersOf({ template, parameters }: StackFacts): Record<string, unknown> {
  const declared = objectOf(memberOf(template, 'Parameters'));
  const values = Object.entries(declared).map(([name, parameter]) => {
    const value = memberOf(parameters, name) ?? memberOf(parameter, 'Default');
    const isSplit = isList(memberOf(parameter, 'Type')) && typeof value === 'string';
    return [name, isSplit ? value.split(',') : value] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function pseudoOf({ name, id = '' }: StackFacts): Record<string, string> {
  const [, partition, , region, account] = id.split(':');
  return {
    'AWS::StackName': name,
    'AWS::Partition': partition || 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    ...(id && { 'AWS::StackId': id }),
    ...(region && { 'AWS::Region': region }),
    ...(account && { 'AWS::AccountId': account }),
  };
}

export class StackView {
  readonly facts: StackFacts;
  readonly resources: readonly TemplateResource[];
  readonly #resolver: Resolver;
  readonly #byId = new Map<string, TemplateResource>();
  /** What the outputs say of resources: `Id` for a reference, `Id.Attribute` for an attribute. */
  readonly #shown = new Map<string, string>();
  readonly #listed: ReadonlyMap<string, string>;
  readonly #names = new Map<string, string | undefined>();
  #naming = 0;

  /** @param exported what the stacks of its generation export; it may be filled later */
  constructor(facts: StackFacts, exported: ReadonlyMap<string, string> = new Map()) {
    this.facts = facts;
    const { template, outputs } = facts;
    for (const [name, output] of Object.entries(objectOf(memberOf(template, 'Outputs')))) {
      const shown = textOf(memberOf(outputs, name));
      const value = memberOf(output, 'Value');
      const attribute = memberOf(value, 'Fn::GetAtt');
      const key =
        textOf(memberOf(value, 'Ref')) ??
        (Array.isArray(attribute) ? attribute.join('.') : textOf(attribute));
      if (shown !== undefined && key !== undefined) this.#shown.set(key, shown);
    }
    this.#listed = new Map(
      (facts.resources ?? []).flatMap(({ logicalId, physicalId }) =>
        physicalId ? [[logicalId, physicalId] as const] : [],
      ),
    );
    this.#resolver = new Resolver({
      parameters: parametersOf(facts),
      conditions: objectOf(memberOf(template, 'Conditions')),
      mappings: objectOf(memberOf(template, 'Mappings')),
      pseudo: pseudoOf(facts),
      physicalId: logicalId => this.physicalId(logicalId),
      attribute: (logicalId, attribute) => this.attribute(logicalId, attribute),
      imported: name => exported.get(name),
    });
    this.resources = this.#readResources();
  }

  get name(): string {
    return this.facts.name;
  }

  /** Whether the template was too large to be read as a whole. */
  get isCut(): boolean {
    return this.#resolver.exhausted;
  }

  ofType(...types: readonly string[]): TemplateResource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  resource(logicalId: string): TemplateResource | undefined {
    return this.#byId.get(logicalId);
  }

  /** A property with its functions resolved; undefined where the resource has none. */
  property({ properties }: TemplateResource, name: string): unknown {
    return this.#resolver.resolve(memberOf(properties, name));
  }

  /** What `Ref` of a resource gives, where the stack shows it. */
  physicalId(logicalId: string): string | undefined {
    const shown = this.#listed.get(logicalId) ?? this.#shown.get(logicalId);
    return shown ?? this.#nameOf(logicalId);
  }

  /** The name that the template gives the resource. */
  #nameOf(logicalId: string): string | undefined {
    if (this.#names.has(logicalId)) return this.#names.get(logicalId);
    const resource = this.#byId.get(logicalId);
    const property = resource && nameProperties[resource.type];
    if (!property || this.#naming >= MOST_NAMES_IN_NAMES) return undefined;
    // A name that refers to itself ends here.
    this.#names.set(logicalId, undefined);
    this.#naming += 1;
    const name = this.property(resource, property);
    this.#naming -= 1;
    const known = typeof name === 'string' && name !== '' && !name.includes('${') ? name : undefined;
    this.#names.set(logicalId, known);
    return known;
  }

  /** What `Fn::GetAtt` gives, where the stack shows it. */
  attribute(logicalId: string, attribute: string): string | undefined {
    const shown = this.#shown.get(`${logicalId}.${attribute}`);
    if (shown !== undefined) return shown;
    const type = this.#byId.get(logicalId)?.type;
    if (type === 'AWS::S3::Bucket' && attribute === 'Arn')
      return `arn:aws:s3:::${this.physicalId(logicalId) ?? `\${${logicalId}}`}`;
    // An API is listed by its ARN, which ends with its id.
    if (type === 'AWS::AppSync::GraphQLApi' && attribute === 'ApiId')
      return this.#listed.get(logicalId)?.split('/').at(-1);
    return undefined;
  }

  /** What other stacks may import, by its name. */
  exports(): [name: string, value: string][] {
    return Object.entries(objectOf(memberOf(this.facts.template, 'Outputs'))).flatMap(
      ([output, declared]) => {
        const value = textOf(memberOf(this.facts.outputs, output));
        const name = memberOf(memberOf(declared, 'Export'), 'Name');
        const resolved = value === undefined || name === undefined ? undefined : this.#resolver.resolve(name);
        return typeof resolved === 'string' && value !== undefined ? [[resolved, value]] : [];
      },
    );
  }

  #readResources(): TemplateResource[] {
    const found = Object.entries(objectOf(memberOf(this.facts.template, 'Resources')))
      .slice(0, MOST_RESOURCES)
      .flatMap(([logicalId, resource]) => {
        if (!isObject(resource)) return [];
        const condition = textOf(resource.Condition);
        const exists = condition === undefined ? true : this.#resolver.condition(condition);
        if (exists === false) return [];
        const deletionPolicy = textOf(resource.DeletionPolicy);
        const read: TemplateResource = {
          stack: this,
          logicalId,
          type: textOf(resource.Type) ?? '',
          properties: objectOf(resource.Properties),
          ...(deletionPolicy && { deletionPolicy }),
          unsure: exists === undefined,
        };
        return [read];
      });
    for (const resource of found) this.#byId.set(resource.logicalId, resource);
    return found;
  }
}

/** The stacks of a generation, each read once. */
export function viewStacks(stacks: readonly StackFacts[]): StackView[] {
  const exported = new Map<string, string>();
  const views = stacks.map(stack => new StackView(stack, exported));
  for (const view of views) for (const [name, value] of view.exports()) exported.set(name, value);
  return views;
}
