import { associatedText } from '../tflite/associated.ts';
import { refused } from './trust.ts';
import type { VisionCard } from './vision-card.ts';

export interface Label {
  readonly name: string;
  readonly role: 'target' | 'interferent' | 'background';
}

/** The labels in the order of the output, from the card or from the model's file. Errors: Fault `refused`. */
export function labelsOf(cardFile: string, { labels, file }: VisionCard, bytes: Uint8Array): readonly Label[] {
  if (Array.isArray(labels)) return labels;
  const { inFile, targets, interferents = [] } = labels;
  const names = associatedText(bytes, inFile, file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line, i, all) => line !== '' || i < all.length - 1);
  for (const wanted of [...targets, ...interferents])
    if (!names.includes(wanted))
      throw refused(cardFile, 'labels', `name "${wanted}", which is none of the ${names.length} in ${inFile}`);
  return names.map((name) => ({
    name,
    role: targets.includes(name) ? 'target' : interferents.includes(name) ? 'interferent' : 'background',
  }));
}
