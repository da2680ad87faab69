/** As The Update Framework parts them; `operator` signs what a box is to be. A release list holds all artefacts, so no snapshot is needed. */
export const roles = ['root', 'release', 'timestamp', 'operator'] as const;
export type Role = (typeof roles)[number];
