/** Binds the sealed secret of an enrolment to its row (SAFE-2). */
export const secretContext = (accountId: string, enrolmentId: string) => `enrolment:${accountId}:${enrolmentId}:secret`;
/** Binds the sealed recovery codes of an enrolment to its row (SAFE-2). */
export const codesContext = (accountId: string, enrolmentId: string) => `enrolment:${accountId}:${enrolmentId}:codes`;
