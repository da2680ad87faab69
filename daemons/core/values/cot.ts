/** A Cursor on Target event, ready to be sent. The same uid again replaces what a client shows. */
export interface CotEvent {
  readonly uid: string;
  readonly xml: string;
  /** Unix ms; from then on a client shows it as old. */
  readonly staleMs: number;
}
