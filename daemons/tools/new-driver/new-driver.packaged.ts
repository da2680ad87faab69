import { onlyInSources } from '../place.packaged.ts';

export const newDriver = (): never => {
  throw onlyInSources('new-driver');
};
