/**
 * A TAK data package: what a client imports as one file (mission package manifest, version 2, and a preference file of ATAK). The formats are
 * public by use alone: no standard holds them. Pure.
 */
import { type Element, element, xmlText } from '../xml/text.ts';

export interface PackageServer {
  readonly host: string;
  readonly port: number;
  /** As the client lists it. */
  readonly name: string;
  /** Passwords of the two PKCS #12 files. */
  readonly trustPassword: string;
  readonly clientPassword: string;
}

export const packageFiles = {
  manifest: 'MANIFEST/manifest.xml',
  preferences: 'server.pref',
  trust: 'truststore.p12',
  client: 'client.p12',
} as const;

const parameter = (name: string, value: string): Element => element('Parameter', { name, value });
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** `uid`: of this package; the same again takes the place of the one before. `entries`: files in it, by path. */
export function manifestText(uid: string, name: string, entries: readonly string[]): string {
  return `${head}${xmlText(
    element(
      'MissionPackageManifest',
      { version: '2' },
      element(
        'Configuration',
        {},
        ...[parameter('uid', uid), parameter('name', name)],
        // Taken in at once, and the package, which holds a key, is then forgotten.
        ...[parameter('onReceiveImport', 'true'), parameter('onReceiveDelete', 'true')],
      ),
      element('Contents', {}, ...entries.map((zipEntry) => element('Content', { ignore: 'false', zipEntry }))),
    ),
  )}\n`;
}

/** Of a package of events: each with its uid, so that a client puts it on its map. `events`: path and uid. */
export function snapshotManifest(name: string, uid: string, events: readonly (readonly [string, string])[]): string {
  return `${head}${xmlText(
    element(
      'MissionPackageManifest',
      { version: '2' },
      element('Configuration', {}, parameter('uid', `${name} ${uid}`), parameter('name', name)),
      element(
        'Contents',
        {},
        ...events.map(([zipEntry, of]) => element('Content', { ignore: 'false', zipEntry }, parameter('uid', of))),
      ),
    ),
  )}\n`;
}

const entry = (key: string, of: 'String' | 'Integer' | 'Boolean', value: string): Element =>
  element('entry', { key, class: `class java.lang.${of}` }, value);

/** One server by TLS. ATAK reads the places of certificates as below "cert/", wherever they lie in the package. */
export function preferencesText({ host, port, name, trustPassword, clientPassword }: PackageServer): string {
  const where = host.includes(':') ? `[${host}]` : host;
  const certificates = (n: '' | '0'): readonly Element[] => [
    entry(`caLocation${n}`, 'String', `cert/${packageFiles.trust}`),
    entry(`caPassword${n}`, 'String', trustPassword),
    entry(`certificateLocation${n}`, 'String', `cert/${packageFiles.client}`),
    entry(`clientPassword${n}`, 'String', clientPassword),
  ];
  return `<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n${xmlText(
    element(
      'preferences',
      {},
      element(
        'preference',
        { version: '1', name: 'cot_streams' },
        ...[
          entry('count', 'Integer', '1'),
          entry('description0', 'String', name),
          entry('enabled0', 'Boolean', 'true'),
        ],
        entry('connectString0', 'String', `${where}:${port}:ssl`),
        ...certificates('0'),
      ),
      element('preference', { version: '1', name: 'com.atakmap.app_preferences' }, ...certificates('')),
    ),
  )}\n`;
}
