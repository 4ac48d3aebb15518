/**
 * Loaded into a child before it starts: as soon as the child has sent a request to clone, sets its clock by the milliseconds
 * that the file CLOCK_STEP_FILE says. When it asks for the buckets, its clock is right again.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const machineNow = Date.now;
const { CLOCK_STEP_FILE = '' } = process.env;
let stepMs = 0;

Date.now = () => machineNow() + stepMs;
globalThis.Date = new Proxy(Date, {
  construct: (machine, given, newTarget) =>
    Reflect.construct(machine, given.length > 0 ? given : [Date.now()], newTarget),
});

http.request = new Proxy(http.request, {
  apply(request, self, given) {
    /** @type {http.ClientRequest} */
    const sent = Reflect.apply(request, self, given);
    if (sent.path.endsWith('/clone'))
      sent.once('finish', () => {
        stepMs = Number(readFileSync(CLOCK_STEP_FILE, 'utf8'));
      });
    if (sent.path.endsWith('/s3Buckets')) stepMs = 0;
    return sent;
  },
});
syncBuiltinESMExports();
