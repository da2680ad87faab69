/** Resolves once the event loop has looked at its sockets again. */
export const turnEnd = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
