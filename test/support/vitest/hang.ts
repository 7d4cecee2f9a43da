// SPDX-License-Identifier: MIT

/**
 * After this time a wait has hung, ms: far more than anything takes, on a slow and busy computer too. No verdict depends
 * on it but that on a test which never ends.
 */
export const HANG_MS = 1_200_000
