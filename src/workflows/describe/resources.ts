/** The resources of an environment as its meta names them, by category. Pure. */

/** One resource. */
export interface Resource {
  /** `auth`, `api`, `storage`, `function` ... */
  readonly category: string;
  readonly name: string;
  /** `Cognito`, `AppSync`, `S3` ... */
  readonly service: string;
  /** Set where the thing behind it was made elsewhere: it is not the environment's own. */
  readonly imported?: true;
  /** Ids, endpoints, names; secrets are withheld before they get here. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Reads them of a parsed amplify-meta; none where it is no object. */
export function resourcesIn(meta: unknown): Resource[] {
  const { providers: _, ...categories } = isObject(meta) ? meta : {};
  return Object.entries(categories).flatMap(([category, resources]) =>
    Object.entries(isObject(resources) ? resources : {}).flatMap(([name, facts]) => {
      if (!isObject(facts)) return [];
      const { service, serviceType, output } = facts;
      return [
        {
          ...{ category, name, service: typeof service === 'string' ? service : 'unknown' },
          ...(serviceType === 'imported' && { imported: true as const }),
          outputs: isObject(output) ? output : {},
        },
      ];
    }),
  );
}

/** Outputs by which people know a thing, the most telling first. */
const telling = ['UserPoolId', 'GraphQLAPIEndpointOutput', 'BucketName', 'Name', 'RootUrl', 'WebsiteURL'];

/** The one output that tells most, as a cell of a table has room for one. */
export function tellingOutput({ outputs }: Resource): string {
  const value = telling.map(key => outputs[key]).find(output => typeof output === 'string');
  return typeof value === 'string' ? value : '';
}
