/** Loaded into a child before it starts: sets its clock by CLOCK_STEP_MS as soon as it has sent a request to clone. */
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const Machine = Date;
let stepMs = 0;

globalThis.Date = class extends Machine {
  constructor(...given) {
    if (given.length > 0) super(...given);
    else super(Machine.now() + stepMs);
  }

  static now() {
    return Machine.now() + stepMs;
  }
};

const { request } = http;
http.request = (options, ...more) => {
  const sent = request(options, ...more);
  if (String(options?.path).endsWith('/clone'))
    sent.once('finish', () => {
      stepMs = Number(process.env.CLOCK_STEP_MS);
    });
  return sent;
};
syncBuiltinESMExports();
