/** Sine and cosine of a bearing out of IEEE 754 additions and multiplications alone, for the reason given in math.ts. */
const radPerDeg = 0.017453292519943295;

/** [sine, cosine] of degrees; within 3 units in the last place. The series run to x^17 at no more than 45 degrees: below 1e-17. */
export function sinCosDeg(degrees: number): readonly [number, number] {
  const quarter = Math.round(degrees / 90);
  const x = (degrees - 90 * quarter) * radPerDeg;
  const z = x * x;
  let [sin, cos] = [0, 0];
  for (let n = 8; n >= 1; n--) {
    sin = (-z / (2 * n * (2 * n + 1))) * (1 + sin);
    cos = (-z / ((2 * n - 1) * 2 * n)) * (1 + cos);
  }
  const [s, c] = [x * (1 + sin), 1 + cos];
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return [s, c];
    case 1:
      return [c, -s];
    case 2:
      return [-s, -c];
    default:
      return [-c, s];
  }
}
