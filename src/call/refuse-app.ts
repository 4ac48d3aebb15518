/** Asks the policy whether an app may be touched, for code that reads apps outside of a call. */
import { type PolicySettings, type Refusal, refuseToTouch } from '../policy/decide.ts';

/** The apps that a target is limited to; undefined where it is not limited. */
export type TargetApps = (target: string | undefined) => readonly string[] | undefined;

/** Why an app may not be touched on a target; undefined where it may. */
export type RefuseApp = (appId: string, target: string | undefined) => Refusal | undefined;

export function createRefuseApp(policy: PolicySettings, targetApps: TargetApps): RefuseApp {
  return (appId, target) => refuseToTouch(appId, policy, targetApps(target));
}

/** The ids of the only apps of a target that both the policy and the target allow; undefined where all are. */
export function createAllowedApps(
  { apps }: Pick<PolicySettings, 'apps'>,
  targetApps: TargetApps,
): (target: string | undefined) => readonly string[] | undefined {
  return target => {
    const lists = [apps, targetApps(target) ?? []].filter(({ length }) => length > 0);
    const [first, ...others] = lists;
    return first?.filter(id => others.every(ids => ids.includes(id)));
  };
}
