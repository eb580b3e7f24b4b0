/** Nothing; without it the build would take the portal's own file from the folders above. */
export function register() {}
