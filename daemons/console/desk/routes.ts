import type { FastifyInstance } from 'fastify';
import { addExports } from '../history/exports.ts';
import type { FileParts } from '../history/files.ts';
import { addHistory } from '../history/routes.ts';
import { addActs, type DeskParts } from './acts.ts';
import { addDrills } from './drills.ts';
import { addHelp } from './help.ts';
import { addRules } from './rules.ts';
import { addShifts } from './shifts.ts';

/** What people do with alerts, and what was done with those that are past. */
export function addDesk(app: FastifyInstance, parts: DeskParts & FileParts): void {
  addActs(app, parts);
  addHelp(app, parts);
  addShifts(app, parts);
  addRules(app, parts);
  addDrills(app, parts);
  addHistory(app, parts.desk);
  addExports(app, parts);
}
