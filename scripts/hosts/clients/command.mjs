/** Runs a client that is a command. */
import { execFile } from 'node:child_process';

/**
 * @param {readonly string[]} line
 * @returns {Promise<string>} stdout, also of a command that ended with a failure after it printed something
 */
export const run = ([command = '', ...args]) =>
  new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: 1e8, timeout: 120_000 }, (failure, stdout, stderr) => {
      if (failure && stdout.trim() === '') reject(new Error(stderr.trim() || failure.message));
      else resolve(stdout);
    });
    child.stdin?.end();
  });

/** The bin of a package that is installed where this runs. @param {string} name */
export const bin = name => `node_modules/.bin/${name}`;
