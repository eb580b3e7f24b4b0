/** A proof this old, in seconds, lets somebody change their address without typing the password again (SELF-1). */
export const EMAIL_PROOF_SECONDS = 600;
