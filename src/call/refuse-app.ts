/** Asks the policy whether an app may be touched, for code that reads apps outside of a call. */
import { type PolicySettings, type Refusal, refuseToTouch } from '../policy/decide.ts';

/** The apps that a target is limited to; undefined where it is not limited. */
export type TargetApps = (target: string | undefined) => readonly string[] | undefined;

/** Why an app may not be touched on a target; undefined where it may. */
export type RefuseApp = (appId: string, target: string | undefined) => Refusal | undefined;

export function createRefuseApp(policy: PolicySettings, targetApps: TargetApps): RefuseApp {
  return (appId, target) => refuseToTouch(appId, policy, targetApps(target));
}
