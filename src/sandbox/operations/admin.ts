/**
 * The Admin UI's operations: its configuration of an app, and challenge tokens that expire.
 */
import { randomUUID } from 'node:crypto';
import { type Call, type Handlers, startJob } from '../call.ts';
import { notFound } from '../service-error.ts';
import { type AdminConfig, findApp, type Token } from '../state.ts';

const tokenLifeSeconds = 5 * 60;

export const adminHandlers: Handlers<
  | 'CreateBackendConfig'
  | 'UpdateBackendConfig'
  | 'RemoveBackendConfig'
  | 'CreateToken'
  | 'GetToken'
  | 'DeleteToken'
> = {
  CreateBackendConfig(call, { AppId, BackendManagerAppId }) {
    const app = findApp(call.state, AppId);
    const [environment = 'NONE'] = app.environments.keys();
    return startJob(call, {
      appId: AppId,
      environments: [environment],
      effect: () => {
        app.config = {
          ...app.config,
          ...(BackendManagerAppId === undefined ? {} : { backendManagerAppId: BackendManagerAppId }),
        };
      },
    });
  },

  UpdateBackendConfig(call, { AppId, LoginAuthConfig }) {
    const config = configOf(call, AppId);
    if (LoginAuthConfig) config.loginAuthConfig = LoginAuthConfig;
    return {
      AppId,
      BackendManagerAppId: config.backendManagerAppId,
      LoginAuthConfig: config.loginAuthConfig,
    };
  },

  RemoveBackendConfig(call, { AppId }) {
    configOf(call, AppId);
    delete findApp(call.state, AppId).config;
    return {};
  },

  CreateToken(call, { AppId }) {
    const app = findApp(call.state, AppId);
    const sessionId = randomUUID();
    const token: Token = {
      challengeCode: randomUUID(),
      expiresAt: Math.floor(call.now / 1000) + tokenLifeSeconds,
    };
    app.tokens.set(sessionId, token);
    return describeToken(AppId, sessionId, token);
  },

  GetToken(call, { AppId, SessionId }) {
    return describeToken(AppId, SessionId, liveToken(call, AppId, SessionId));
  },

  DeleteToken(call, { AppId, SessionId }) {
    liveToken(call, AppId, SessionId);
    findApp(call.state, AppId).tokens.delete(SessionId);
    return { IsSuccess: true };
  },
};

function configOf(call: Call, appId: string): AdminConfig {
  const { config } = findApp(call.state, appId);
  if (!config) throw notFound('Config', `App ${appId} has no backend config`);
  return config;
}

function liveToken(call: Call, appId: string, sessionId: string): Token {
  const token = findApp(call.state, appId).tokens.get(sessionId);
  if (!token || token.expiresAt * 1000 <= call.now) {
    throw notFound('Token', 'The challenge token does not exist or has expired');
  }
  return token;
}

/** `Ttl` is the time of expiry in epoch seconds, as a string. */
function describeToken(appId: string, sessionId: string, token: Token) {
  return {
    AppId: appId,
    ChallengeCode: token.challengeCode,
    SessionId: sessionId,
    Ttl: String(token.expiresAt),
  };
}
