/**
 * The tools as a grid: what each does to what. A sentence that names an action and a thing points at a cell,
 * and so tells neighbours apart that share most of their words.
 */
import type { Action } from './actions.ts';
import type { Concept } from './concepts.ts';
import { type Thing, things } from './things.ts';

/** Any of the actions with any of the things; what is needed must be there too. */
export interface Cell {
  readonly does: readonly Action[];
  readonly to: readonly Thing[];
  readonly needs: Concept | undefined;
}

const words = (text: string) => text.split(' ');
const cell = (does: string, to: string, needs?: Concept): Cell => ({
  does: words(does) as Action[],
  to: words(to) as Thing[],
  needs,
});

const LOOK = 'show ask list';
const ADD = 'add absent want on';
const REMOVE = 'remove off nomore';
const SET = 'change grant shall';
const ANY = Object.keys(things).join(' ');

/** By the tools' names. */
export const grid: Readonly<Record<string, readonly Cell[]>> = {
  whoami: [cell(LOOK, 'account rule')],
  list_apps: [cell(LOOK, 'app apps')],
  describe_environment: [cell(LOOK, 'status environment wholeStack')],
  compare_environments: [cell('compare', ANY)],
  clone_environment: [cell('copy', ANY)],
  export_environment: [cell('export', 'environment environments wholeStack status')],
  provision_environment: [
    cell(ADD, ANY, 'wholeStack'),
    cell(`restore ${ADD}`, ANY, 'restore'),
    cell(`restore import want ${ADD}`, 'document'),
  ],
  decommission_environment: [cell(REMOVE, 'environment verified'), cell(REMOVE, ANY, 'wholeStack')],
  wait_for_job: [cell('wait', ANY)],
  explain_job: [cell('explain', ANY), cell('ask show', 'failure', 'failure')],
  create_backend: [cell(ADD, 'environment app')],
  get_backend: [cell(`${LOOK} want`, 'output environments')],
  clone_backend: [cell('copy', ANY, 'raw')],
  delete_backend: [cell('remove', 'environment raw', 'raw')],
  remove_all_backends: [cell(REMOVE, 'app allEnvironments environments')],
  create_backend_api: [cell(ADD, 'api')],
  get_backend_api: [cell(`${LOOK} export`, 'api apiPart')],
  update_backend_api: [cell(`${SET} add remove on off`, 'apiPart'), cell(SET, 'api')],
  delete_backend_api: [cell(REMOVE, 'api')],
  generate_backend_api_models: [cell('generate', 'models apiPart'), cell('add change', 'models')],
  get_backend_api_models: [cell(`${LOOK} export`, 'models')],
  create_backend_auth: [cell(`${ADD} shall`, 'auth')],
  get_backend_auth: [cell(LOOK, 'auth authPart')],
  update_backend_auth: [
    cell(`${SET} add want remove on off`, 'authPart'),
    cell(SET, 'auth'),
    cell('import', 'authPart'),
  ],
  delete_backend_auth: [cell(REMOVE, 'auth')],
  import_backend_auth: [cell('import', 'auth')],
  create_backend_storage: [cell(`${ADD} shall`, 'storage')],
  get_backend_storage: [cell(LOOK, 'storage access', 'storage')],
  update_backend_storage: [cell(`${SET} on off`, 'storage access', 'storage')],
  delete_backend_storage: [cell(REMOVE, 'storage')],
  import_backend_storage: [cell('import', 'storage buckets')],
  list_s3_buckets: [cell(`${LOOK} want`, 'buckets')],
  create_backend_config: [cell(ADD, 'admin')],
  update_backend_config: [cell(SET, 'admin'), cell(`${SET} want import`, 'admin', 'auth')],
  remove_backend_config: [cell(REMOVE, 'admin')],
  create_token: [cell('add want shall generate', 'token')],
  get_token: [cell(LOOK, 'token')],
  delete_token: [cell('revoke remove off', 'token')],
  get_backend_job: [
    cell(LOOK, 'job deployment progress'),
    cell(LOOK, 'status', 'job'),
    cell(LOOK, 'status', 'deployment'),
  ],
  list_backend_jobs: [cell(LOOK, 'jobs'), cell('ask list', 'failure')],
  update_backend_job: [cell('mark change', 'job deployment jobs status failure progress')],
};
