/** Whether something could fly, and every reason why not. */
export interface Readiness<Matter extends string = string> {
  readonly ready: boolean;
  readonly reasons: readonly { readonly matter: Matter; readonly why: string }[];
}

/** Asks every judge, each of one matter: ready only when none has a reason against it. */
export function readinessBy<Matter extends string, Asked extends readonly unknown[]>(
  judges: Readonly<Record<Matter, (...asked: Asked) => string | null>>,
  ...asked: Asked
): Readiness<Matter> {
  const reasons = (Object.keys(judges) as Matter[]).flatMap((matter) => {
    const why = judges[matter](...asked);
    return why === null ? [] : [{ matter, why }];
  });
  return { ready: reasons.length === 0, reasons };
}
