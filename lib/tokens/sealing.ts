/** Binds the sealed seed of a token to its row (SAFE-2). */
export const tokenSeedContext = (tokenId: string) => `token:${tokenId}:seed`;
/** Binds a sealed file of tokens to its row (SAFE-2). */
export const tokenLinesContext = (importId: string) => `token-import:${importId}:lines`;
