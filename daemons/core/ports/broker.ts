/** A connection to an MQTT broker: QoS 1 only, 3.1.1's subset, and nothing is queued while it is away. */
export interface Broker {
  readonly connected: boolean;
  /** Resolves at PUBACK. Fault `absent` when not connected, or when the connection went before PUBACK: the caller still owns the message. */
  publish(topic: string, payload: string, options?: { readonly retain?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export interface BrokerEvents {
  onMessage(topic: string, payload: Uint8Array): void;
  onConnect(): void;
  onDisconnect(reason: string): void;
}
