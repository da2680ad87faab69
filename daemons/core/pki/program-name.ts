/** Names that the brokers' access lists give to programs of the centre: no box may have one. */
export const programName = /^(ledger|console|broker|enrol|agent|centre)(-\d{1,2})?$/;
