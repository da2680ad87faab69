/** The routes of the desk and of the history, for OpenAPI. */
import type { Told } from '../access/told.ts';
import {
  actRequest,
  approval,
  drillRequest,
  exportRequest,
  fileQuery,
  helpRequest,
  precisionQuery,
  ruleRequest,
  searchQuery,
  shiftRequest,
} from './shapes.ts';

export const deskTold: Readonly<Record<string, Told>> = {
  'GET /api/alerts/:id/acts': { summary: 'What people did with an alert' },
  'POST /api/alerts/:id/acts': { summary: 'Does something with an alert', body: actRequest },
  'GET /api/alerts/:id/verification': { summary: 'Whether what is kept of an alert is what the box signed' },
  'POST /api/help': { summary: 'A patrol calls the centre for help', body: helpRequest },
  'GET /api/shift': { summary: 'Who leads, and what a shift change waits for' },
  'POST /api/shift': { summary: 'Hands the lead over, or takes it', body: shiftRequest },
  'GET /api/inhibits': { summary: 'Rules that keep new alerts out of the list, of those that run' },
  'POST /api/inhibits': { summary: 'A new rule, with a reason and an end', body: ruleRequest },
  'DELETE /api/inhibits/:id': { summary: 'Ends a rule' },
  'GET /api/drill': { summary: 'The drill that runs' },
  'POST /api/drill': { summary: 'Starts a drill, raises an alert of it, ends it', body: drillRequest },
  'GET /api/search': { summary: 'Alerts found again, newest first, page by page', query: searchQuery },
  'GET /api/exports': { summary: 'Exports that were asked for and are not over' },
  'POST /api/exports': {
    summary: 'Asks for an export; of more than one alert it waits for a second person',
    body: exportRequest,
  },
  'POST /api/exports/:export/approve': { summary: 'Approves what another person asked for', body: approval },
  'GET /api/exports/:export/file': {
    summary: 'The file, for an hour; a report in the language that is asked for',
    query: fileQuery,
    type: 'application/octet-stream',
  },
  'GET /api/precision': {
    summary: 'How often a kind of alert led to something, with its sample size',
    query: precisionQuery,
  },
};
