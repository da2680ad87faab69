/** A layer of dwellings as GeoJSON (RFC 7946). */
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import { areaOf, type Dwelling, pointAt } from './dwellings.ts';

export const layerLimits = { bytes: 256_000_000, features: 500_000, mistakes: 20 } as const;
/** Around a point that says nothing of its size, in metres: a house and its yard. */
const usualRadiusM = 30;
const mostRadiusM = 5000;

const position = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)], z.number())
  .transform(([lon, lat]) => [lon, lat] as const);
const ring = z
  .array(position)
  .min(4)
  .max(10_000)
  .refine((points) => points[0]?.join() === points.at(-1)?.join(), { error: 'must end where it begins' });
const polygon = z.array(ring).min(1).max(1000);
const geometry = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Point'), coordinates: position }),
  z.looseObject({ type: z.literal('MultiPoint'), coordinates: z.array(position).min(1).max(10_000) }),
  z.looseObject({ type: z.literal('Polygon'), coordinates: polygon }),
  z.looseObject({ type: z.literal('MultiPolygon'), coordinates: z.array(polygon).min(1).max(10_000) }),
]);
const feature = z.looseObject({
  type: z.literal('Feature'),
  id: z.union([z.string().max(100), z.number()]).optional(),
  geometry,
  properties: z
    .looseObject({
      name: z.string().trim().min(1).max(100).optional(),
      radiusM: z.number().min(0).max(mostRadiusM).optional(),
    })
    .nullable()
    .optional(),
});
const collection = z.looseObject({
  type: z.literal('FeatureCollection'),
  features: z.array(z.unknown()).max(layerLimits.features),
});
type Geometry = z.infer<typeof geometry>;

const ofShapes =
  'a FeatureCollection of Points (with properties.radiusM in metres), MultiPoints, Polygons or MultiPolygons, ' +
  'coordinates as [longitude, latitude]';

/** `what` it is a layer of, for messages. Errors: Fault `config` with a line for each mistake, `file` and path in it; nothing of the layer is then used. */
export function readDwellings(file: string, text: string, what = 'dwelling'): readonly Dwelling[] {
  const fail = (lines: readonly string[]): never => {
    throw new Fault('config', `${lines.join('\n')}\nmust be ${ofShapes}; no ${what} was taken`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail([`${file}: is not JSON: ${error instanceof Error ? error.message : ''}`]);
  }
  const whole = collection.safeParse(value);
  if (!whole.success) return fail(linesOf(file, [], whole.error));
  const mistakes: string[] = [];
  const dwellings: Dwelling[] = [];
  for (const [i, one] of whole.data.features.entries()) {
    const { data, error } = feature.safeParse(one);
    if (data) dwellings.push(...dwellingsOf(data, i));
    else mistakes.push(...linesOf(file, ['features', i], error));
    if (mistakes.length >= layerLimits.mistakes) break;
  }
  return mistakes.length > 0 ? fail(mistakes.slice(0, layerLimits.mistakes)) : dwellings;
}

const linesOf = (file: string, at: readonly PropertyKey[], { issues }: z.ZodError): string[] =>
  issues.map(({ path, message }) => `${file}: ${pathText([...at, ...path])}: ${message}`);

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((sum, one) => sum + (typeof one === 'number' ? `[${one}]` : `${sum && '.'}${String(one)}`), '') ||
  'the file';

/** Pieces of one feature share its name. */
function dwellingsOf({ id, geometry: shape, properties }: z.infer<typeof feature>, i: number): Dwelling[] {
  const name = properties?.name ?? (id === undefined ? `features[${i}]` : String(id));
  const radiusM = properties?.radiusM ?? usualRadiusM;
  return groundsOf(shape, radiusM).map((ground) => ({ name, ground }));
}

function groundsOf(shape: Geometry, radiusM: number) {
  switch (shape.type) {
    case 'Point':
      return [pointAt(...shape.coordinates, radiusM)];
    case 'MultiPoint':
      return shape.coordinates.map((one) => pointAt(...one, radiusM));
    case 'Polygon':
      return [areaOf(shape.coordinates)];
    default:
      return shape.coordinates.map(areaOf);
  }
}
