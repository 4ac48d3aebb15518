/** The settings: every way in which AWS could behave where its behaviour is unverified. */
import { describe, expect, it } from 'vitest';
import { settingValues } from '../../src/sandbox/settings.ts';
import { bucketNames, configOf, dev, metaOf, qa, setTestBed } from './support.ts';

const api = { ...dev, ResourceName: 'shopapi' };
const lambda = { ConflictResolution: { ResolutionStrategy: 'LAMBDA' } };

const bed = setTestBed();

const set = (settings: object) => bed.control('PUT', 'settings', settings);

describe('the settings', () => {
  const defaults = Object.fromEntries(Object.entries(settingValues).map(([name, [first]]) => [name, first]));

  it('can be read, changed one by one, and reset', async () => {
    expect(await bed.control('GET', 'settings')).toEqual({ status: 200, body: defaults });
    expect((await set({ updates: 'replace' })).body).toEqual({ ...defaults, updates: 'replace' });
    await set({ showsChanges: 'at-once' });
    expect((await bed.control('GET', 'settings')).body).toEqual({
      ...defaults,
      ...{ showsChanges: 'at-once', updates: 'replace' },
    });
    await bed.control('POST', 'reset');
    expect((await bed.control('GET', 'settings')).body).toEqual(defaults);
  });

  it.each([
    [{ updates: 'never' }, 'updates "never" is not one of merge, replace'],
    [
      { constructor: 1 },
      'Unknown setting constructor; available: showsChanges, updates, unmanaged, preflight, sourceIdentity, sessionTags, migrationReads',
    ],
  ])('%j is refused', async (settings, message) => {
    expect(await set(settings)).toMatchObject({ status: 400, body: { message } });
    expect((await bed.control('GET', 'settings')).body).toEqual(defaults);
  });
});

describe('a change', () => {
  it.each([
    ['after-job', 'AUTOMERGE'],
    ['at-once', 'LAMBDA'],
  ])('%s of its request', async (showsChanges, shown) => {
    await set({ showsChanges });
    await bed.call('UpdateBackendAPI', { ...api, ResourceConfig: lambda });
    const strategy = async () => (await configOf(bed, 'GetBackendAPI', api)).ConflictResolution;
    expect(await strategy()).toEqual({ ResolutionStrategy: shown });
    bed.advance(4_000);
    expect(await strategy()).toEqual(lambda.ConflictResolution);
  });

  it('shown at once appears with its bucket and in the meta; a deletion does not', async () => {
    await set({ showsChanges: 'at-once' });
    await bed.finish('CloneBackend', { ...dev, TargetEnvironmentName: 'qa' });
    const storage = { ...qa, ResourceName: 'shopmedia', ServiceName: 'S3' };
    await bed.call('DeleteBackendStorage', storage);
    expect(await metaOf(bed, 'qa')).toHaveProperty('storage.shopmedia');
    bed.advance(4_000);
    expect(await metaOf(bed, 'qa')).not.toHaveProperty('storage.shopmedia');
    await bed.call('ImportBackendStorage', { ...qa, ServiceName: 'S3', BucketName: 'shop-archive-001' });
    expect(await metaOf(bed, 'qa')).toHaveProperty('storage.importedshoparchive001');
    expect(await bucketNames(bed)).toContain('shop-archive-001');
  });

  it.each([
    ['merge', 'shopapi'],
    ['replace', undefined],
  ])('%s what it leaves out', async (updates, name) => {
    await set({ updates });
    await bed.finish('UpdateBackendAPI', { ...api, ResourceConfig: lambda });
    expect(await configOf(bed, 'GetBackendAPI', api)).toMatchObject(lambda);
    expect((await configOf(bed, 'GetBackendAPI', api)).ApiName).toBe(name);
  });
});
