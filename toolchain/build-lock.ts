// SPDX-License-Identifier: MIT
// One build at a time, over all processes: the DeviceScript compiler writes into fixed folders of the project.

import {
    linkSync,
    mkdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { dirname } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { CamscriptError } from "../protocol/errors.ts"

const POLL_MS = 50
/** Twenty minutes: a first run of all tests builds a hundred programs, each in 3 s, or 12 s on a busy machine. */
const POLLS_MAX = 24_000

let attempts = 0

/**
 * Run `action` while no other process or task holds the lock file.
 *
 * The lock is a file with the owner's process number; the lock of a process that is gone is taken over.
 * @throws CamscriptError when the lock does not become free
 */
export async function withBuildLock<T>(
    lockFile: string,
    action: () => Promise<T>
): Promise<T> {
    mkdirSync(dirname(lockFile), { recursive: true })
    await acquire(lockFile)
    try {
        return await action()
    } finally {
        rmSync(lockFile, { force: true })
    }
}

async function acquire(lockFile: string): Promise<void> {
    for (let poll = 0; poll < POLLS_MAX; poll++) {
        const owner = ownerOf(lockFile)
        if (owner === undefined && tryAcquire(lockFile)) return
        if (owner !== undefined && !isRunning(owner))
            removeStale(lockFile, owner)
        else await delay(POLL_MS)
    }
    throw new CamscriptError(
        `another build (process ${ownerOf(lockFile)}) has held ${lockFile} for twenty minutes: ` +
            `if there is no such build, delete the file.`
    )
}

/** A link to a finished file, so that nobody sees a lock without its owner's number. */
function tryAcquire(lockFile: string): boolean {
    const own = `${lockFile}.${process.pid}.${attempts++}`
    writeFileSync(own, `${process.pid}\n`)
    try {
        linkSync(own, lockFile)
        return true
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
        throw error
    } finally {
        rmSync(own, { force: true })
    }
}

/** Two processes may find the same stale lock: the later must not remove the new lock of the earlier. */
function removeStale(lockFile: string, owner: number): void {
    const aside = `${lockFile}.stale.${process.pid}.${attempts++}`
    try {
        renameSync(lockFile, aside)
        if (ownerOf(aside) !== owner) linkSync(aside, lockFile)
    } catch {
        // Somebody else was faster: the next try sees what he left.
    } finally {
        rmSync(aside, { force: true })
    }
}

function ownerOf(lockFile: string): number | undefined {
    try {
        return Number(readFileSync(lockFile, "utf8"))
    } catch {
        return undefined
    }
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0)
        return true
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM"
    }
}
