/** Whether an address is one of PostgreSQL, and not a file. */
export const isPostgresUrl = (where: string): boolean => /^postgres(ql)?:\/\//.test(where);
