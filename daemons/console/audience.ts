/** What a role may not see is not sent: which alerts and boxes are told to whom. One audience, one projection of the state. Pure. */
import { isFor, isHeldBack } from '../core/desk/standing.ts';
import { unnamedDesk } from '../core/desk/unnamed.ts';
import type { AlertRecord, DeviceRecord } from '../core/ports/records.ts';
import type { Alert } from '../core/values/alert.ts';
import { type Actor, allows } from './access/actor.ts';

export interface Audience {
  /** Two of the same key are told the same. */
  readonly key: string;
  /** `own`: those that were given or told to `unit` and are not held back. */
  readonly alerts: 'all' | 'own' | 'none';
  /** `own`: those of the alerts that are told, and of them whether they are there alone. */
  readonly devices: 'all' | 'own';
  readonly unit: string | null;
  /** Null: of every site. */
  readonly site: string | null;
  /** Whether there is a layer of dwellings. */
  readonly layered: boolean;
}

const keyed = (one: Omit<Audience, 'key'>): Audience => ({
  ...one,
  key: JSON.stringify([one.alerts, one.devices, one.unit, one.site, one.layered]),
});

export const everything = keyed({ alerts: 'all', devices: 'all', unit: null, site: null, layered: false });

export function audienceOf(actor: Actor, layered: boolean): Audience {
  const { unit, site = null } = actor;
  const devices = allows(actor, 'devices.read') ? 'all' : 'own';
  // Whoever is told everything is one audience, with a layer or without.
  if (allows(actor, 'alerts.read')) return keyed({ alerts: 'all', devices, unit: null, site, layered: false });
  const own = allows(actor, 'alerts.read-own') && unit !== null;
  return keyed({ alerts: own ? 'own' : 'none', devices, unit: own ? unit : null, site, layered: own && layered });
}

export function tellsAlert({ alerts, unit, site, layered }: Audience, record: AlertRecord): boolean {
  if (site !== null && record.site !== site) return false;
  if (alerts !== 'own') return alerts === 'all';
  return unit !== null && isFor(record, unit) && !isHeldBack(record, layered);
}

/** Whether all boxes are told of that site. */
export const tellsDevice = ({ devices, site }: Audience, record: Pick<DeviceRecord, 'site'>): boolean =>
  devices === 'all' && (site === null || record.site === site);

/** Of a box whose alert is told, to one who is told no boxes: whether it is there. Where it stands would be where the alert is. */
export const presenceOnly = (record: DeviceRecord): DeviceRecord => ({ ...record, where: null, birth: {} });

/**
 * An alert as that audience has it. A unit is told a region, which comes with the call card, and no point; and that people live there, not
 * who they are.
 */
export const alertFor = ({ alerts }: Audience, record: AlertRecord): AlertRecord =>
  alerts === 'own'
    ? { ...record, alert: placeless(record.alert), ...(record.desk && { desk: unnamedDesk(record.desk) }) }
    : record;

function placeless({ plume: _plume, plot: _plot, ...alert }: Alert): Alert {
  return { ...alert, where: null, because: { ...alert.because, evidence: [], model: null } };
}
