/** Who may do what at the centre: closed lists, so that nothing is allowed that stands nowhere. Pure. */
import type { Role } from '../values/account.ts';

export { type Role, roles } from '../values/account.ts';

/** Each right and the roles that have it. */
const holders = {
  /** All alerts. */
  'alerts.read': ['operator', 'supervisor', 'auditor'],
  /** Alerts that are assigned to the own unit and released. */
  'alerts.read-own': ['patrol'],
  /** A patrol: of its own alerts. */
  'alerts.acknowledge': ['operator', 'supervisor', 'patrol'],
  /** Assign, note, resolve, reopen, escalate, mute, shelve, inhibit, link. */
  'alerts.handle': ['operator', 'supervisor'],
  /** Calls the centre for help. */
  'help.call': ['patrol'],
  /** That a patrol has an alert of its own, and what it found there. */
  'alerts.report': ['patrol'],
  /** Corroborate and release what touches a dwelling. */
  'alerts.release': ['supervisor'],
  'shift.hand': ['operator', 'supervisor'],
  'history.search': ['operator', 'supervisor'],
  'export.ask': ['operator', 'supervisor'],
  /** Feeds for programs of other agencies: what patrols may see too, of all units. */
  'feeds.read': ['operator', 'supervisor', 'auditor'],
  'drill.run': ['operator', 'supervisor'],
  'export.approve': ['supervisor'],
  'accounts.write': ['supervisor'],
  'tokens.write': ['supervisor'],
  'devices.read': ['technician', 'operator', 'supervisor', 'auditor'],
  /** Flights, logs. */
  'devices.command': ['operator', 'supervisor'],
  'audit.read': ['auditor', 'supervisor'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Right = keyof typeof holders;
export const rights = Object.keys(holders) as readonly Right[];

export const holdersOf = (right: Right): readonly Role[] => holders[right];
export const may = (role: Role, right: Right): boolean => holdersOf(right).includes(role);
export const rightsOf = (role: Role): readonly Right[] => rights.filter((right) => may(role, right));

/** What needs a person who is answerable: no token can have it, whoever makes the token. */
export const neverByToken: readonly Right[] = ['accounts.write', 'tokens.write', 'export.approve', 'alerts.release'];
