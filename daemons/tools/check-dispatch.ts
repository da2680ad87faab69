import { readConfig } from '../core/config/box.ts';
import { isFault } from '../core/ports/fault.ts';
import { deliveryIn, dispatchConfig } from '../dispatch/config.ts';

/** Prints what is wrong with the file of a dispatcher, else what it says; the exit code is 0 when nothing is wrong. */
export function checkDispatch(file: string): number {
  try {
    const config = readConfig(file, dispatchConfig);
    const { units, rules } = deliveryIn(config, file);
    for (const { name, chain } of rules) {
      const steps = chain.map(({ unit, way, waitMs, until }) => `${unit} by ${way} (${waitMs / 1000} s, ${until})`);
      process.stdout.write(`${name}: ${steps.join(' -> ')} -> consoles\n`);
    }
    process.stdout.write(
      `${config.tak.length} TAK server(s), ${units.size} unit(s), ${rules.length} rule(s), 0 mistakes\n`,
    );
    return 0;
  } catch (error) {
    if (!isFault(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.stdout.write(`${error.message.split('\n').length} mistake(s)\n`);
    return 1;
  }
}
