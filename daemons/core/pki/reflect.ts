/**
 * @peculiar/x509 finds its algorithms through tsyringe, which will not load without two functions of the metadata
 * proposal and asks them for constructor types that compiled code does not have. They answer: there are none.
 */
const reflect = Reflect as unknown as Record<string, unknown>;
reflect.getMetadata ??= () => undefined;
reflect.getOwnMetadata ??= () => undefined;
