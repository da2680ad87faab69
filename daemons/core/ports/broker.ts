/** A connection to an MQTT broker: QoS 1 only, 3.1.1's subset, and nothing is queued while it is away. */
export interface Broker {
  readonly connected: boolean;
  /**
   * Resolves at PUBACK, which says that the broker has it and no more. Errors: Fault `absent` when not connected, or when
   * the connection went before PUBACK: the caller still owns the message.
   */
  publish(topic: string, payload: string | Uint8Array, options?: { readonly retain?: boolean }): Promise<void>;
  /** Gives this broker up, as if it had gone, for the next one of the list; `reason` is for the reader. */
  move(reason: string): void;
  /** Takes leave of the broker, so that the last will is not sent. What was not confirmed by then is refused. */
  close(): Promise<void>;
}

/** Given when the connection is made, so that no message comes before somebody listens. Called one after another. */
export interface BrokerEvents {
  onMessage(topic: string, payload: Uint8Array): void;
  /** Connected, and subscribed to everything. */
  onConnect(): void;
  /** The connection is gone, or an attempt came to nothing; `reason` is for the reader. Trying goes on by itself. */
  onDisconnect(reason: string): void;
}
