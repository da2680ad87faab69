/** What each route is for, in a sentence, and the shapes of what it takes and gives: for OpenAPI. */
import type { z } from 'zod';
import { deskTold } from '../desk/told.ts';
import { devicesTold } from '../devices/told.ts';
import { acknowledgement, flightWord } from '../words.ts';
import * as shapes from './shapes.ts';

export interface Told {
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly answer?: z.ZodType;
  /** Answers with other bytes than JSON. */
  readonly type?: string;
}

export const told: Readonly<Record<string, Told>> = {
  'GET /health': { summary: 'Whether the store can be read' },
  'GET /api/me': { summary: 'Who is logged in, and what they may do', answer: shapes.me },
  'GET /api/openapi.json': { summary: 'This description' },
  'GET /api/state': { summary: 'Alerts and boxes as they are, of what the caller may see' },
  'GET /api/stream': {
    summary:
      'The same and every change of it, and the drill that runs, as server-sent events; goes on from Last-Event-ID',
    type: 'text/event-stream',
  },
  'GET /api/maps': { summary: 'Base maps of a region' },
  'GET /api/alerts/:id/timeline': { summary: 'Readings around an alert' },
  'GET /api/alerts/:id/flights': { summary: 'Flights that were proposed for an alert' },
  'GET /api/alerts/:id/flights/:proposal/plan': { summary: 'The plan of a proposed flight, for QGroundControl' },
  'POST /api/alerts/:id/flights': { summary: 'A word on a flight, signed and said to the dock', body: flightWord },
  'POST /api/alerts/:id/acknowledge': { summary: 'Acknowledges; the first stands', body: acknowledgement },
  'GET /api/feeds/geojson': {
    summary: 'Open alerts that may leave the centre, as GeoJSON; ETag and If-None-Match',
    type: 'application/geo+json',
  },
  'GET /api/feeds/cap': {
    summary: 'CAP 1.2 messages of the last seven days, newest first, as an Atom feed',
    type: 'application/atom+xml',
  },
  'GET /api/feeds/cap/:message': { summary: 'One of them', type: 'application/cap+xml' },
  ...deskTold,
  'GET /api/alerts/:id/call': { summary: 'The call card of an alert: region, wind, approach, stand-off, peak' },
  'GET /api/patrol': { summary: 'How the centre is called by radio' },
  'GET /api/kept': {
    summary:
      'Whether a phone may keep what a person wrote before the session ended; it names the account and shows its cookie',
    query: shapes.keptQuery,
    answer: shapes.kept,
  },
  ...devicesTold,
  'GET /api/devices/:device/drift': { summary: 'How the clean-air level of an array moved' },
  'GET /api/devices/:device/calibrations': {
    summary: 'When the instruments of a box were adjusted, and until when it is good',
  },
  'GET /api/devices/:device/track': { summary: 'Where the drone of a dock flew' },
  'GET /api/devices/:device/birth': { summary: 'All that a box said of itself' },
  'POST /api/login': {
    summary: 'Name, password and second factor; every mistake has one answer',
    body: shapes.login,
    answer: shapes.me,
  },
  'POST /api/logout': { summary: 'Ends the session' },
  'POST /api/purpose': {
    summary: 'States why the caller looks at alerts',
    body: shapes.purpose,
    answer: shapes.purposeStated,
  },
  'POST /api/language': { summary: 'The language of the page', body: shapes.languageChange, answer: shapes.me },
  'POST /api/password': {
    summary: 'A new password; every other session ends',
    body: shapes.passwordChange,
    answer: shapes.me,
  },
  'POST /api/recovery': { summary: 'Ten new recovery codes in place of the old', answer: shapes.recoveryCodes },
  'POST /api/first/look': {
    summary: 'What a one-time link is for',
    body: shapes.firstLook,
    answer: shapes.firstLooked,
  },
  'POST /api/first': { summary: 'Uses a one-time link', body: shapes.first, answer: shapes.firstDone },
  'POST /api/passkeys/options': { summary: 'What a passkey has to sign to log in' },
  'POST /api/passkeys/login': { summary: 'Logs in by a passkey', body: shapes.passkeyLogin, answer: shapes.me },
  'POST /api/passkeys/new': { summary: 'What a new passkey has to be made for' },
  'POST /api/passkeys': { summary: 'Adds a passkey', body: shapes.passkeyAdd, answer: shapes.me },
  'DELETE /api/passkeys/:key': { summary: 'Removes a passkey', answer: shapes.me },
  'GET /api/phones': { summary: 'What a phone of a patrol subscribes to web push with', answer: shapes.phoneOffer },
  'POST /api/phones': {
    summary: 'This phone lets itself be woken, as long as the session lasts',
    body: shapes.phoneOn,
    answer: shapes.phoneIsOn,
  },
  'POST /api/phones/off': { summary: 'It no longer does', body: shapes.phoneOff, answer: shapes.phoneIsOff },
  'GET /api/accounts': { summary: 'Who may log in', answer: shapes.accountList },
  'POST /api/accounts': {
    summary: 'A new account, by a one-time link',
    body: shapes.accountNew,
    answer: shapes.accountChanged,
  },
  'POST /api/accounts/:account': {
    summary: 'Disables, enables, resets, gives another role',
    body: shapes.accountChange,
    answer: shapes.accountChanged,
  },
  'GET /api/tokens': { summary: 'Tokens of programs', answer: shapes.tokenList },
  'POST /api/tokens': {
    summary: 'A new token; its secret is shown once',
    body: shapes.tokenNew,
    answer: shapes.tokenMade,
  },
  'DELETE /api/tokens/:token': { summary: 'Ends a token', answer: shapes.tokenList },
  'GET /api/audit': { summary: 'Who did and saw what, and why', query: shapes.auditQuery, answer: shapes.auditPage },
  'GET /api/audit/check': {
    summary: 'Whether every line of the log follows from the one before',
    answer: shapes.auditCheck,
  },
};
