/** One window of the metal-oxide array, compensated for temperature and humidity, as the features see it. */
export interface ArrayWindow {
  /** Rs/R0 of each sample, one array per element; NaN is a gap. */
  readonly ratios: readonly Float64Array[];
  /** Clean-air level of each element. */
  readonly baseline: Float64Array;
  readonly temperatureC: number;
  readonly humidityGm3: number;
}
