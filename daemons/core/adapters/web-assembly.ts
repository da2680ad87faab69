/** The part of the JavaScript API of WebAssembly that is used; Node's own types leave it to the browser's. */
export const webAssembly = (
  globalThis as unknown as {
    readonly WebAssembly: {
      compile(bytes: Uint8Array): Promise<WebAssembly.Module>;
      instantiate(module: WebAssembly.Module, imports: object): Promise<object>;
      readonly Instance: new (module: WebAssembly.Module, imports: object) => { readonly exports: object };
      readonly RuntimeError: new () => Error;
    };
  }
).WebAssembly;
