// SPDX-License-Identifier: MIT
// What is being made, for people who wait for it: the tools say so before each thing that takes seconds and is not in the cache.

/** Told before it is made: "compiling src/main.ts for the device". */
export const buildListeners = new Set<(what: string) => void>()

/** Say what is made next. */
export function announceBuild(what: string): void {
    for (const listener of buildListeners) listener(what)
}
