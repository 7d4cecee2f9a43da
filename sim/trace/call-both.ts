// SPDX-License-Identifier: MIT
// Several watch the same part of a model, which has room for one callback.

/** A callback that tells the one before, if any, and then the new one. */
export function callBoth<A extends readonly unknown[]>(
    first: ((...args: A) => void) | undefined,
    second: (...args: A) => void
): (...args: A) => void {
    if (!first) return second
    return (...args) => {
        first(...args)
        second(...args)
    }
}
