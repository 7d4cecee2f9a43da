// SPDX-License-Identifier: MIT
// What is being made, for people who wait for it: the tools say so before each thing that takes seconds and is not in the cache;
// and what they find on the way that is no error.

/** Told a line. */
export const buildListeners = new Set<(line: string) => void>()

/** Say what is made next: "compiling src/main.ts for the device". */
export function announceBuild(what: string): void {
    noteOnBuild(`${what} ...`)
}

/** Say what whoever builds should know. */
export function noteOnBuild(line: string): void {
    for (const listener of buildListeners) listener(line)
}
