/** A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */
import type { Part } from './parts.ts';

export interface BuiltFile {
  readonly name: string;
  readonly kind: 'file' | 'machine-learning-model';
  readonly sha256: string;
}

export interface Materials {
  readonly version: string;
  readonly arch: string;
  readonly atMs: number;
  readonly parts: readonly Part[];
  readonly files: readonly BuiltFile[];
  /** Node's version, and of what is built into it (`process.versions`). */
  readonly node: Readonly<Record<string, string>>;
  readonly nodeIntegrity: string;
}

const hexOf = (integrity: string): string => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
const sha512 = (integrity: string) => [{ alg: 'SHA-512', content: hexOf(integrity) }];

/** As JSON; the same materials give the same bytes. */
export function sbom({ version, arch, atMs, parts, files, node, nodeIntegrity }: Materials): string {
  const purl = (name: string, of: string): string => `pkg:npm/${name.replace('@', '%40')}@${of}`;
  const { node: nodeVersion = '', ...builtIn } = node;
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(atMs).toISOString(),
      component: {
        ...{ type: 'application', 'bom-ref': 'fieldpost', name: 'fieldpost', version },
        licenses: [{ license: { id: 'Apache-2.0' } }],
        properties: [{ name: 'architecture', value: arch }],
      },
    },
    components: [
      {
        ...{ type: 'platform', 'bom-ref': 'node', name: 'node', version: nodeVersion },
        purl: purl(`node-linux-${arch}`, nodeVersion),
        licenses: [{ license: { id: 'MIT' } }],
        hashes: sha512(nodeIntegrity),
        components: Object.entries(builtIn).map(([name, of]) => ({ type: 'library', name, version: of })),
      },
      ...parts.map(({ name, version: of, licence, integrity }) => ({
        ...{ type: 'library', 'bom-ref': purl(name, of), name, version: of, purl: purl(name, of) },
        licenses: [/[ (]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
        ...(integrity ? { hashes: sha512(integrity) } : {}),
      })),
      ...files.map(({ name, kind, sha256 }) => ({ type: kind, name, hashes: [{ alg: 'SHA-256', content: sha256 }] })),
    ],
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
