/** What the service says of inputs that the model forbids: members are named by their path on the wire. */
import { describe, expect, it } from 'vitest';
import { enumValues } from '../../src/sandbox/enums.ts';
import { operations, type Shape, type Structure } from '../../src/sandbox/model.ts';
import { parseObject, writeOutput } from '../../src/sandbox/wire.ts';
import { sendSigned } from './hand-signer.ts';
import { appId, type Fields, setTestBed } from './support.ts';

const enough: Fields = {
  authResources: 'USER_POOL_ONLY',
  service: 'COGNITO',
  userPoolConfigs: { requiredSignUpAttributes: ['EMAIL'], signInMethod: 'EMAIL', userPoolName: 'users' },
};

describe('validation', () => {
  const bed = setTestBed();
  const post = (path: string, body: unknown, method = 'POST') =>
    sendSigned(bed.url, {
      method,
      path,
      at: bed.now(),
      body: body === undefined ? '' : JSON.stringify(body),
    });
  const createAuth = (resourceConfig: unknown) =>
    post(`/backend/${appId}/auth`, { backendEnvironmentName: 'dev', resourceName: 'people', resourceConfig });
  const pool = (more: Fields) =>
    createAuth({ ...enough, userPoolConfigs: { ...(enough.userPoolConfigs as Fields), ...more } });
  const at = 'resourceConfig.userPoolConfigs';

  const cases: [string, () => ReturnType<typeof sendSigned>, string][] = [
    ['a missing structure', () => createAuth(undefined), 'resourceConfig is required'],
    [
      'a nested missing member',
      () => createAuth({ ...enough, service: null }),
      'resourceConfig.service is required',
    ],
    ['a text for a structure', () => createAuth('x'), 'resourceConfig must be an object'],
    ['a list for a structure', () => pool({ mfa: [] }), `${at}.mfa must be an object`],
    [
      'a text for a list',
      () => pool({ requiredSignUpAttributes: 'EMAIL' }),
      `${at}.requiredSignUpAttributes must be a list`,
    ],
    [
      'a number in a list of texts',
      () => pool({ requiredSignUpAttributes: [1] }),
      `${at}.requiredSignUpAttributes[0] must be a string`,
    ],
    [
      'null in a list',
      () => pool({ requiredSignUpAttributes: [null] }),
      `${at}.requiredSignUpAttributes[0] must be a string`,
    ],
    [
      'a text for a number',
      () => pool({ passwordPolicy: { minimumLength: '8' } }),
      `${at}.passwordPolicy.minimumLength must be a number`,
    ],
    [
      'a text for a boolean',
      () =>
        createAuth({
          ...enough,
          identityPoolConfigs: { identityPoolName: 'p', unauthenticatedLogin: 'yes' },
        }),
      'resourceConfig.identityPoolConfigs.unauthenticatedLogin must be a boolean',
    ],
    [
      'a value outside an enum',
      () => pool({ mfa: { MFAMode: 'MAYBE' } }),
      `${at}.mfa.MFAMode must be one of OFF, ON, OPTIONAL`,
    ],
    [
      'an element outside an enum',
      () => pool({ mfa: { MFAMode: 'ON', settings: { mfaTypes: ['SMS', 'FAX'] } } }),
      `${at}.mfa.settings.mfaTypes must be one of SMS, TOTP`,
    ],
    [
      'a page of 0',
      () => post(`/backend/${appId}/job/dev`, { maxResults: 0 }),
      'maxResults must be an integer from 1 to 25',
    ],
    [
      'a page of 26',
      () => post(`/backend/${appId}/job/dev`, { maxResults: 26 }),
      'maxResults must be an integer from 1 to 25',
    ],
    [
      'a page of 1.5',
      () => post(`/backend/${appId}/job/dev`, { maxResults: 1.5 }),
      'maxResults must be an integer from 1 to 25',
    ],
    [
      'an empty name',
      () => post('/backend', { appId: '', appName: 'a', backendEnvironmentName: 'dev' }),
      'appId must not be empty',
    ],
    ['a label of blanks', () => post('/backend/%20/details', {}), 'AppId must not be empty'],
  ];
  it.each(cases)('refuses %s', async (_what, request, message) => {
    const answer = await request();
    expect(answer).toMatchObject({ status: 400, type: 'BadRequestException' });
    expect(JSON.parse(answer.body)).toEqual({ message });
  });

  it('asks for each required member of each operation, by its wire name', async () => {
    let asked = 0;
    for (const { input, method, path } of operations.values()) {
      const required = input.members.filter(member => member.required && !member.label);
      for (const missing of required) {
        const present = required.filter(member => member !== missing);
        const body = Object.fromEntries(
          present.map(({ name, wire, shape }) => [wire, sample(shape, false, enumValues(input.name, name))]),
        );
        const target = `/${path.map(part => (part.startsWith('{') ? 'x' : part)).join('/')}`;
        const answer = await post(target, body, method);
        expect(JSON.parse(answer.body)).toEqual({ message: `${missing.wire} is required` });
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(30);
  });

  it('keeps every member that the model takes, through storage and back', async () => {
    await bed.finish('CreateBackend', { AppId: appId, AppName: 'shop', BackendEnvironmentName: 'full' });
    const request = operations
      .get('CreateBackendAuth')
      ?.input.members.find(({ name }) => name === 'ResourceConfig');
    const resourceConfig = sample(request?.shape as Structure, true);
    await post(`/backend/${appId}/auth`, {
      backendEnvironmentName: 'full',
      resourceName: 'all',
      resourceConfig,
    });
    bed.advance(5000);
    const answer = await post(`/backend/${appId}/auth/full/details`, { resourceName: 'all' });
    expect(JSON.parse(answer.body).resourceConfig).toEqual(resourceConfig);
  });
});

describe('the wire', () => {
  it('carries no null and no undefined, at any depth', () => {
    const output = operations.get('GetBackendAPI')?.output as Structure;
    const answer = {
      AppId: 'd1',
      Error: null,
      ResourceConfig: { ApiName: undefined, DefaultAuthType: { Mode: null } },
    };
    expect(JSON.stringify(writeOutput(output, answer))).toBe(
      '{"appId":"d1","resourceConfig":{"defaultAuthType":{}}}',
    );
  });

  it('takes UTF-8 and nothing else for a body', () => {
    expect(parseObject(Buffer.from('{"a":"ü"}'))).toEqual({ a: 'ü' });
    expect(() => parseObject(Buffer.from('{"a":"ü"}', 'latin1'))).toThrow('not valid JSON');
  });
});

/** A value of a shape, with all members or only required ones; enum members get a value of the enum. */
function sample(shape: Shape, all = false, allowed?: readonly string[]): unknown {
  if (shape.kind === 'list') return [sample(shape.element, all, allowed)];
  if (shape.kind !== 'structure')
    return { string: allowed?.[0] ?? 'x', number: 8, boolean: true }[shape.kind];
  return Object.fromEntries(
    shape.members
      .filter(({ required }) => all || required)
      .map(({ name, wire, shape: inner }) => [wire, sample(inner, all, enumValues(shape.name, name))]),
  );
}
