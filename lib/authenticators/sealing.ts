/** Binds a client secret or key to its row (SAFE-2): put under another authenticator it does not open. */
export const authenticatorSecretContext = (id: string) => `authenticator-secret:${id}`;
/** Binds what was sent to a provider to the way it belongs to. */
export const flowRequestContext = (id: string) => `external-flow:${id}:request`;
/** Binds what a provider answered to the way it belongs to. */
export const flowAnswerContext = (id: string) => `external-flow:${id}:answer`;
/** Binds what ends a session at its provider to that session. */
export const providerTokensContext = (id: string) => `external-session:${id}:tokens`;
/** Binds what a sign-out still needs at the provider to that sign-out. */
export const signOutTokensContext = (id: string) => `provider-sign-out:${id}:tokens`;
