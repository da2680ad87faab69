import type { z } from 'zod';
import { resolveDelivery } from '../../daemons/core/dispatch/resolve.ts';
import { deliverySection } from '../../daemons/core/dispatch/section.ts';

type Rules = z.input<typeof deliverySection>;

const contacts = { ntfy: 'topic', sms: '+77010000001', email: 'a@b.example', webhook: 'https://hook.example/x' };
/** Three units that are reached every way. */
export const units: NonNullable<Rules['units']> = {
  'red-1': { language: 'en', contacts },
  'red-2': { language: 'ru', contacts },
  duty: { language: 'kk', contacts },
};

export const resolved = (rules: Rules, layered = false) =>
  resolveDelivery(deliverySection.parse({ units, ...rules }), {
    file: 'dispatch.yaml',
    ways: ['ntfy', 'sms', 'email', 'webhook', 'web-push'],
    layered,
    readArea: (file) => `${file} cannot be read (ENOENT); must be a file of GeoJSON`,
  });

/** Rules as a dispatcher uses them. */
export function deliveryOf(rules: Rules, layered = false) {
  const { delivery, mistakes } = resolved(rules, layered);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return delivery;
}
