/** Where an environment is; declared in `define.ts`. */
export type { EnvironmentPlace } from './define.ts';
