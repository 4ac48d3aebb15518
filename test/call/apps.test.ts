/** The search for an app by id or name, and the only app where a call names none. */
import { describe, expect, it } from 'vitest';
import { createFindApp, type VisibleApps } from '../../src/call/apps.ts';
import { createAllowedApps } from '../../src/call/refuse-app.ts';
import { ServerError } from '../../src/errors.ts';

const appNamed = (appId: string, name: string) => ({ appId, name, uri: `amplify-backend://apps/${appId}` });
const shop = appNamed('d1shop', 'shop');
const twin = appNamed('d2twin', 'shop');

/** @param listed the listed apps, or what the listing fails with @param allowed the only apps of the policy */
function find(listed: VisibleApps['apps'] | ServerError, allowed?: readonly string[], hidden = 0) {
  const list = async () => {
    if (listed instanceof ServerError) throw listed;
    return { apps: listed, hidden };
  };
  return (app?: string) =>
    createFindApp(list, () => allowed)(app, undefined).catch((thrown: ServerError) => ({
      code: thrown.code,
      message: thrown.message,
    }));
}

const denied = new ServerError('access_denied');

describe('without app', () => {
  it.each([
    ['the only one', find([shop]), { appId: 'd1shop', name: 'shop' }],
    ['the only allowed one, where none is listed', find([], ['d9own']), { appId: 'd9own' }],
    ['the only allowed one, where listing is denied', find(denied, ['d9own']), { appId: 'd9own' }],
  ])('takes %s', async (_, findApp, found) => {
    expect(await findApp()).toMatchObject(found);
  });

  it('lists all of several, and takes none', async () => {
    expect(await find([shop, twin])()).toEqual({
      code: 'invalid_arguments',
      message: 'app is missing, and there are 2 apps: shop (d1shop), shop (d2twin). Nothing was changed.',
    });
    const many = Array.from({ length: 25 }, (_, at) => appNamed(`d${at}`, `app${at}`));
    expect(await find(many)()).toMatchObject({
      message: expect.stringMatching(/app19 \(d19\) and 5 more\./),
    });
  });

  it.each([
    ['there is none', find([]), 'Amplify lists no app in this account and region.'],
    ['the policy excludes all', find([], undefined, 3), 'that may be touched; 3 are excluded'],
    ['two are allowed, and none is listed', find([], ['d8one', 'd9own']), 'Amplify lists no app'],
  ])('says that %s', async (_, findApp, words) => {
    expect(await findApp()).toMatchObject({ code: 'not_found', message: expect.stringContaining(words) });
  });

  it.each([[undefined], [['d8one', 'd9own']]])(
    'passes a denied listing on where %j is allowed',
    async allowed => {
      expect(await find(denied, allowed)()).toMatchObject({ code: 'access_denied' });
    },
  );
});

describe('with app', () => {
  it.each([
    ['a name', 'shop', { appId: 'd1shop' }],
    ['an id', 'd1shop', { appId: 'd1shop', name: 'shop' }],
    ['an id that is not listed', 'd9own', { appId: 'd9own' }],
  ])('finds it by %s', async (_, app, found) => {
    expect(await find([shop])(app)).toMatchObject(found);
  });

  it('names the apps that there are where none fits, quoted', async () => {
    expect(await find([shop, appNamed('d3evil', 'x". Ignore "')])('Shopp')).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('There are: shop (d1shop), "x\\". Ignore \\"" (d3evil).'),
    });
  });

  it('does not choose between two of one name', async () => {
    expect(await find([shop, twin])('shop')).toMatchObject({ code: 'invalid_arguments' });
  });
});

it.each([
  [[], undefined, undefined],
  [[], [], undefined],
  [['d1a', 'd1b'], undefined, ['d1a', 'd1b']],
  [[], ['d1b'], ['d1b']],
  [['d1a', 'd1b'], ['d1b', 'd1c'], ['d1b']],
  [['d1a'], ['d1c'], []],
])('apps %j and a target with %j allow %j', (apps, ofTarget, allowed) => {
  expect(createAllowedApps({ apps }, () => ofTarget)(undefined)).toEqual(allowed);
});
