/** From this many recovery codes down, the person is told to make new ones (ENROL-7). */
export const RECOVERY_CODES_LOW = 3;
