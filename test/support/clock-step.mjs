/** Loaded into a child before it starts: sets its clock by CLOCK_STEP_MS as soon as it has sent a request to clone. */
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const machineNow = Date.now;
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
        stepMs = Number(process.env.CLOCK_STEP_MS);
      });
    return sent;
  },
});
syncBuiltinESMExports();
