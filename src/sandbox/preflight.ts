/** Answers to CORS preflights (OPTIONS), and the CORS headers of all other answers. */
import { randomUUID } from 'node:crypto';
import { apiGatewayId } from './gateway-answers.ts';
import { jsonReply, type Reply } from './http-reply.ts';
import type { SettingsView } from './settings.ts';

export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-errortype,x-amzn-requestid',
};

/** Headers that a browser may send. AWS's REST reference documents OPTIONS with CORS for every path. */
const allowedHeaders =
  'authorization,content-type,x-amz-content-sha256,x-amz-date,x-amz-security-token,x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request';

/** The methods of the path, and the request's `access-control-request-headers`. */
export interface Preflight {
  readonly methods: readonly string[];
  readonly requestedHeaders: string | undefined;
}

/** The answer in a public recording of February 2021: the `cors` package of Express behind API Gateway. */
function recorded({ requestedHeaders }: Preflight, now: number): Reply {
  const date = new Date(now).toUTCString();
  return {
    status: 204,
    headers: {
      'x-powered-by': 'Express',
      'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
      ...(requestedHeaders !== undefined && { 'access-control-allow-headers': requestedHeaders }),
      vary: 'Access-Control-Request-Headers',
      'x-amzn-RequestId': randomUUID(),
      'x-amz-apigw-id': apiGatewayId(),
      'x-amzn-remapped-connection': 'keep-alive',
      'x-amzn-remapped-content-length': '0',
      'x-amzn-remapped-date': date,
      date,
    },
    body: '',
  };
}

/** The answer that AWS's REST reference documents. */
function documented({ methods }: Preflight, now: number): Reply {
  return jsonReply(200, {}, now, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': allowedHeaders,
  });
}

const forms = { recorded, documented };

/** The answer to OPTIONS. @param now epoch milliseconds */
export const preflightReply = (form: SettingsView['preflight'], preflight: Preflight, now: number): Reply =>
  forms[form](preflight, now);
