/** What the address of the page says is open: an alert by its id, or a box as `#device/<site>/<device>`. Pure. */
const ofDevice = '#device/';

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text) || null;
  } catch (error) {
    // What somebody typed or cut short opens nothing.
    if (!(error instanceof URIError)) throw error;
    return null;
  }
};

export const placeOf = (hash: string): { readonly selected: string | null; readonly device: string | null } =>
  hash.startsWith(ofDevice)
    ? { selected: null, device: decoded(hash.slice(ofDevice.length)) }
    : { selected: decoded(hash.slice(1)), device: null };
