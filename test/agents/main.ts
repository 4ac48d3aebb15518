/**
 * `npm run agents`: plays the requests with the built command as a real child, by the scripted driver or by the model that
 * the environment names, and prints how they went.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type Driver, scriptedDriver } from './driver.ts';
import { openModel, readModelSettings } from './model-apis.ts';
import { modelDriver } from './model-driver.ts';
import { type Connect, isRight, play, type Score, type Surface } from './play.ts';
import { tableOf, totalsOf } from './report.ts';
import { counted, requests } from './requests.ts';
import { startWorld } from './world.ts';

export interface Run {
  /** The built command. */
  readonly bin: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
}

/** Opens a child for each client, with its settings in a file. */
const childConnect =
  (bin: string, folder: string): Connect =>
  async (env, settings) => {
    const config = join(folder, `${crypto.randomUUID()}.json`);
    await writeFile(config, JSON.stringify({ logLevel: 'silent', ...settings }));
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [bin, 'stdio', '--config', config],
      env: { PATH: process.env.PATH ?? '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    });
    const client = new Client({ name: 'agents', version: '1.0.0' });
    await client.connect(transport);
    return { client, close: () => client.close() };
  };

const surfacesOf = (name: string): readonly Surface[] => {
  if (name === 'both') return ['full', 'compact'];
  if (name === 'full' || name === 'compact') return [name];
  throw new Error('--surface: expected full, compact or both');
};

function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: { surface: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' } },
  });
  const only = values.only?.split(',');
  const chosen = requests.filter(({ id }) => only?.includes(id) ?? true);
  const unknown = only?.filter(id => requests.every(request => request.id !== id)) ?? [];
  if (unknown.length > 0) throw new Error(`--only: there is no request ${unknown.join(', ')}`);
  return { chosen, surfaces: surfacesOf(values.surface ?? 'both'), json: values.json };
}

/** @returns the exit code: 1 where a request was not met @throws Error for wrong arguments or variables */
export async function main({ bin, args, env, print }: Run): Promise<number> {
  const { chosen, surfaces, json } = readArguments(args);
  const settings = readModelSettings(env);
  const driver: Driver = settings ? modelDriver(openModel(settings)) : scriptedDriver;
  const world = await startWorld();
  const folder = await mkdtemp(join(tmpdir(), 'agents-'));
  const scores: Score[] = [];
  try {
    for (const surface of surfaces)
      for (const request of chosen)
        scores.push(await play(request, { world, connect: childConnect(bin, folder), driver, surface }));
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
  const totals = surfaces.map(surface => totalsOf(scores, surface, counted));
  print(`driver: ${driver.name}\n`);
  print(tableOf(scores, totals));
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ driver: driver.name, totals, scores }, null, 2)}\n`);
  return scores.every(isRight) ? 0 : 1;
}
