/** The two parts of `host:port`, as board files have it. */
export function hostAndPort(tcp: string): { readonly host: string; readonly port: number } {
  const at = tcp.lastIndexOf(':');
  return { host: tcp.slice(0, at), port: Number(tcp.slice(at + 1)) };
}
