/** No secret leaves a server that speaks the 2025 era. */
import { testCanaries } from './support/canary-tests.ts';
import { eras } from './support/child.ts';

testCanaries(eras[0]);
