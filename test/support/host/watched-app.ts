// SPDX-License-Identifier: MIT
// A project's folder with one program, which a test saves again and again, and the terminal of the command that watches it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach } from "vitest"
import { cacheFolder } from "../../../toolchain/paths.ts"
import {
    recordingTerminal,
    type RecordingTerminal,
} from "./recording-terminal.ts"

/** Anew for each test of the file that calls watchedApp(). */
export interface WatchedApp {
    readonly terminal: RecordingTerminal
    readonly folder: string
    /** The program's file. */
    readonly path: string
    save(text: string): void
}

/** Call it once in a test file: the folder is made before each test, and removed after it. */
export function watchedApp(): WatchedApp {
    let folder = ""
    let terminal = recordingTerminal()
    beforeEach(() => {
        mkdirSync(cacheFolder, { recursive: true })
        folder = mkdtempSync(join(cacheFolder, "watched-"))
        terminal = recordingTerminal()
    })
    afterEach(() => rmSync(folder, { recursive: true }))
    const app = {
        get terminal() {
            return terminal
        },
        get folder() {
            return folder
        },
        get path() {
            return join(folder, "app.ts")
        },
        save: (text: string) => writeFileSync(app.path, text),
    }
    return app
}
