/** The control endpoints. */
import { describe, expect, it } from 'vitest';
import { dev, type Fields, qa, startTestBed } from './support.ts';

const clone = { ...dev, TargetEnvironmentName: 'qa' };

describe('control endpoints', () => {
  it('answer JSON for unknown paths, and are not logged', async () => {
    const bed = await startTestBed();
    expect(await bed.control('GET', 'nothing')).toMatchObject({
      status: 404,
      body: { resourceType: 'Path' },
    });
    expect(await bed.control('GET', 'constructor')).toMatchObject({ status: 404 });
    expect(await bed.control('PATCH', 'state')).toMatchObject({ status: 405 });
    expect(await bed.log()).toEqual([]);
    await bed.close();
  });

  it('show the requests, unknown paths included, and delete them on demand', async () => {
    const bed = await startTestBed();
    await fetch(`${bed.url}/unknown?X-Amz-Signature=secret`);
    expect(await bed.log()).toEqual([
      {
        operation: null,
        time: new Date(bed.now()).toISOString(),
        accessKeyId: null,
        verdict: 'NotFoundException',
        status: 404,
        method: 'GET',
        path: '/unknown',
      },
    ]);
    await bed.control('DELETE', 'requests');
    expect(await bed.log()).toEqual([]);
    await bed.close();
  });

  it('show the jobs that the state has, after what is due by now', async () => {
    const bed = await startTestBed();
    const { JobId } = await bed.finish('CloneBackend', clone);
    const jobs = async () => (await bed.control('GET', 'jobs')).body.jobs as Fields[];
    const begun = await jobs();
    expect(begun.at(-1)).toMatchObject({ jobId: JobId, operation: 'CloneBackend', outcome: 'COMPLETED' });
    expect(begun).toEqual((await bed.control('GET', 'state')).body.jobs);
    await bed.finish('DeleteBackend', qa);
    bed.advance(60_000);
    expect((await jobs()).length).toBeLessThan(begun.length);
    await bed.close();
  });

  it('reset the sandbox to the seed', async () => {
    const bed = await startTestBed();
    const seed = (await bed.control('GET', 'state')).body;
    await bed.call('CloneBackend', clone);
    await bed.control('POST', 'faults', { operation: '*', kind: 'throttle' });
    expect((await bed.control('GET', 'state')).body).not.toEqual(seed);
    await bed.control('POST', 'reset');
    expect((await bed.control('GET', 'state')).body).toEqual(seed);
    expect((await bed.control('GET', 'faults')).body).toEqual({ faults: [] });
    expect(await bed.log()).toEqual([]);
    await bed.close();
  });
});
