/** The functions that people wrote, in both generations, and the roles that they run as. */
import { isObject, memberOf, textOf } from '../lib/json.ts';
import { type Principal, roleKey } from './roles.ts';
import type { StackView, TemplateResource } from './stack-view.ts';
import type { Holders, Service } from './statements.ts';

const services: readonly Service[] = ['s3', 'appsync', 'dynamodb'];

const FUNCTION = 'function ';

/** Whether a principal is a function. */
export const isFunction = (principal: Principal): boolean => principal.startsWith(FUNCTION);

/** The functions that both generations have, under the same principals, and those that only Gen 1 has. */
export interface FunctionPairs {
  readonly gen1: Holders;
  readonly gen2: Holders;
  readonly unpaired: readonly Principal[];
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

const withoutEnd = (name: string, end: string) =>
  name.endsWith(`-${end}`) ? name.slice(0, -end.length - 1) : name;

const nameOf = ({ stack, logicalId, ...resource }: TemplateResource): string | undefined => {
  const given = stack.property({ stack, logicalId, ...resource }, 'FunctionName');
  return typeof given === 'string' && !given.includes('${') ? given : stack.physicalId(logicalId);
};

/** The name in the tag that Gen 2 puts on its resources. */
function friendlyName(stack: StackView, resource: TemplateResource): string | undefined {
  const tags = stack.property(resource, 'Tags');
  const tag = (Array.isArray(tags) ? tags.filter(isObject) : []).find(
    ({ Key }) => Key === 'amplify:friendly-name',
  );
  return textOf(tag?.Value);
}

/** The keys under which policies may name the role of a function: by reference, by ARN and by name. */
function roleKeys({ stack, properties, ...resource }: TemplateResource): string[] {
  const attribute = memberOf(properties.Role, 'Fn::GetAtt');
  const [logicalId] = Array.isArray(attribute) ? attribute : [];
  const role = typeof logicalId === 'string' ? stack.resource(logicalId) : undefined;
  return [
    roleKey(stack, stack.property({ stack, properties, ...resource }, 'Role')),
    ...(role ? [roleKey(stack, `\${${role.logicalId}}`), textOf(stack.property(role, 'RoleName'))] : []),
  ].filter(key => key !== undefined);
}

const functionsIn = (stacks: readonly StackView[]): TemplateResource[] =>
  stacks.flatMap(stack => stack.ofType('AWS::Lambda::Function'));

/** Whether a Gen 2 function is the counterpart of the Gen 1 function with this name. */
function isNamed(resource: TemplateResource, name: string, branch: string): boolean {
  const names = [nameOf(resource), friendlyName(resource.stack, resource)];
  const logicalId = plain(resource.logicalId);
  return (
    names.some(each => each !== undefined && plain(withoutEnd(each, branch)) === plain(name)) ||
    [name, name + branch].some(each => logicalId.startsWith(`${plain(each)}lambda`))
  );
}

/** @param names of the environment and of the branch, with which the names of functions end */
export function pairFunctions(
  gen1: readonly StackView[],
  gen2: readonly StackView[],
  { environment, branch }: { readonly environment: string; readonly branch: string },
): FunctionPairs {
  const [first, second] = [new Map<string, Principal>(), new Map<string, Principal>()];
  const candidates = functionsIn(gen2);
  const unpaired: Principal[] = [];
  for (const resource of functionsIn(gen1)) {
    const { stack } = resource;
    const name = nameOf(resource);
    // Functions of the CLI itself are in other stacks.
    if (name === undefined || !stack.name.startsWith(`${stack.facts.parentName ?? ''}-function`)) continue;
    const base = withoutEnd(name, environment);
    const principal = `${FUNCTION}${base}`;
    for (const key of roleKeys(resource)) first.set(key, principal);
    const counterpart = candidates.find(each => isNamed(each, base, branch));
    if (!counterpart) unpaired.push(principal);
    else for (const key of roleKeys(counterpart)) second.set(key, principal);
  }
  return { gen1: { principals: first, services }, gen2: { principals: second, services }, unpaired };
}
