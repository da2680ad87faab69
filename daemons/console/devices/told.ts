/** What the routes about boxes are for, for OpenAPI. */
import type { Told } from '../access/told.ts';
import { logsRequest } from './logs.ts';
import * as shapes from './shapes.ts';

export const devicesTold: Readonly<Record<string, Told>> = {
  'GET /api/devices/:device': {
    summary: 'A box: state, health, how it differs from what it is to be, its rollout, channels and calibrations',
    query: shapes.deviceQuery,
    answer: shapes.deviceAnswer,
  },
  'GET /api/devices/:device/strip': {
    summary: 'A channel over hours, each point the lowest and highest of what it stands for; also as CSV',
    query: shapes.stripQuery,
    answer: shapes.stripAnswer,
  },
  'GET /api/devices/:device/logs': { summary: 'Lines that boxes were asked for and sent', answer: shapes.logsAnswer },
  'POST /api/devices/:device/logs': {
    summary: 'Asks a box for the last lines of a daemon, signed; good for ten minutes and answered once',
    body: logsRequest,
    answer: shapes.logsAsked,
  },
  'GET /api/calibrations/due': { summary: 'Which calibration of the fleet is due when', answer: shapes.dueAnswer },
  'GET /api/rollouts': { summary: 'Changes brought to many boxes, wave by wave', answer: shapes.rolloutsAnswer },
};
