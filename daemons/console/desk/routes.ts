import type { FastifyInstance } from 'fastify';
import { addHistory } from '../history/routes.ts';
import { addActs, type DeskParts } from './acts.ts';
import { addDrills } from './drills.ts';
import { addRules } from './rules.ts';
import { addShifts } from './shifts.ts';

/** What people do with alerts, and what was done with those that are past. */
export function addDesk(app: FastifyInstance, parts: DeskParts): void {
  addActs(app, parts);
  addShifts(app, parts);
  addRules(app, parts);
  addDrills(app, parts);
  addHistory(app, parts.desk);
}
