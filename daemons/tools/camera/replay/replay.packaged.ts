import { onlyInSources } from '../../place.packaged.ts';

export const replayCamera = (): never => {
  throw onlyInSources('camera replay');
};
