import { onlyInSources } from '../place.packaged.ts';

export const evaluate = (): never => {
  throw onlyInSources('evaluate');
};
