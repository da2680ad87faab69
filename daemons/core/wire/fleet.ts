/** Below this the centre shows what `fieldpost release` made: the profile of a box says `agent.repository: https://host:port/v1/fleet`. */
export const fleetPath = '/v1/fleet';
