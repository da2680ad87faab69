/**
 * Loaded before every suite. `npm test` fixes the seed of the property tests, so that one commit has one verdict; a suite
 * that is run by itself takes new cases each time, and so does `npm test -- --seed random`.
 */
import process from 'node:process';
import fc from 'fast-check';

const said = process.env.FIELDPOST_TEST_SEED;
if (said !== undefined) fc.configureGlobal({ seed: Number(said) });
