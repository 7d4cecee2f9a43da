// SPDX-License-Identifier: MIT
// A pseudo terminal of this system (posix_openpt): its other end is a device file that any serial program opens.

import { closeSync, constants, openSync, readSync, writeSync } from "node:fs"
import { createRequire } from "node:module"
import type * as Koffi from "koffi"
import { CamscriptError, UsageError } from "../../../protocol/errors.ts"

/** A termios of any system is smaller. */
const TERMIOS_BYTES = 256
const TCSANOW = 0
const F_SETFL = 4
const READ_BYTES = 4096

/** Bytes both ways; never blocks. Close it. */
export interface PseudoTerminal {
    /** Path of the end that a client opens. */
    readonly path: string
    /** What a client has sent since the last call. */
    read(): Uint8Array
    /**
     * Give bytes to the client.
     * @returns how many of them were taken: the system holds some 4 KB for a client that does not read
     */
    write(bytes: Uint8Array): number
    close(): void
}

/**
 * Make one, raw: no byte is changed on the way.
 * @throws UsageError on a system that has none, CamscriptError when it refuses one
 */
export function openPseudoTerminal(): PseudoTerminal {
    if (process.platform === "win32")
        throw new UsageError(
            "Windows has no pseudo terminals: use Linux, macOS or WSL for the emulated board's serial port"
        )
    const { master, path } = openMaster()
    // Kept open: its settings stay, and a client may come and go.
    const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
    makeRaw(slave)
    const buffer = new Uint8Array(READ_BYTES)
    return {
        path,
        read: () =>
            buffer.slice(
                0,
                orNothing(() => readSync(master, buffer))
            ),
        write: bytes => orNothing(() => writeSync(master, bytes)),
        close() {
            closeSync(slave)
            closeSync(master)
        },
    }
}

/** Nothing there, or no room, is no error. */
function orNothing(transfer: () => number): number {
    try {
        return transfer()
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === "EAGAIN" || code === "EIO") return 0
        throw error
    }
}

function libc(): ReturnType<typeof Koffi.load> {
    const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi
    // What this process has loaded already.
    return koffi.load(null)
}

function openMaster(): { master: number; path: string } {
    const library = libc()
    const fail = (what: string): never => {
        throw new CamscriptError(
            `this system gives no pseudo terminal: ${what} failed`
        )
    }
    const openpt = library.func("int posix_openpt(int flags)")
    const master = openpt(constants.O_RDWR | constants.O_NOCTTY) as number
    if (master < 0) fail("posix_openpt")
    for (const name of ["grantpt", "unlockpt"])
        if (library.func(`int ${name}(int fd)`)(master) !== 0) fail(name)
    const path = library.func("const char *ptsname(int fd)")(master) as
        string | null
    if (path === null) return fail("ptsname")
    const setFlags = library.func("int fcntl(int fd, int command, ...)")
    if (setFlags(master, F_SETFL, "int", constants.O_NONBLOCK) !== 0)
        fail("fcntl")
    return { master, path }
}

/** No echo, no lines, no signals, no translation. */
function makeRaw(slave: number): void {
    const library = libc()
    const termios = Buffer.alloc(TERMIOS_BYTES)
    library.func("int tcgetattr(int fd, void *termios)")(slave, termios)
    library.func("void cfmakeraw(void *termios)")(termios)
    library.func("int tcsetattr(int fd, int when, void *termios)")(
        slave,
        TCSANOW,
        termios
    )
}
