// SPDX-License-Identifier: MIT
/**
 * Import it into a vitest file: a test that fails after simulate() leaves the waveforms of its runs, and says where.
 * Nothing is recorded before a test fails: the runs are repeated then, which gives the same, and `prepare` is called anew.
 * Not for tests that vitest runs concurrently.
 * @module camscript/failed-waveforms
 */

import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { beforeEach } from "vitest"
import { runWatchers, simulate, type SimulateOptions } from "./testing.ts"
import { VcdFile } from "./trace/vcd-file.ts"
import { VcdRecorder } from "./trace/vcd-recorder.ts"

/** Below the folder that vitest was started in. */
const FOLDER = join("out", "failed-tests")

/** So many letters of a test's name are in the name of its file. */
const NAME_LETTERS = 80

/** A property test has hundreds: its newest runs tell what failed. */
const RUNS_KEPT = 4

/** The newest runs of the test that is running; outside of tests, as in beforeAll, the newest run of all. */
let runs: SimulateOptions[] = []
let inTest = false
let lastOutside: SimulateOptions | undefined

runWatchers.add(options => {
    if (!inTest) lastOutside = options
    else if (runs.push(options) > RUNS_KEPT) runs.shift()
})

beforeEach(({ task, onTestFailed, onTestFinished }) => {
    runs = []
    inTest = true
    onTestFinished(() => {
        inTest = false
    })
    onTestFailed(async () => {
        const failed = runs.length > 0 ? runs : [lastOutside]
        const files: string[] = []
        for (const options of failed.slice())
            if (options)
                files.push(
                    await repeat(options, fileName(task.name, files.length))
                )
        const [error] = task.result?.errors ?? []
        if (error && files.length > 0)
            error.message = `${error.message ?? ""}\nwaveforms: ${files.join(", ")}`
    })
})

/** @returns the file with the waveforms of that run */
async function repeat(options: SimulateOptions, name: string): Promise<string> {
    mkdirSync(FOLDER, { recursive: true })
    const path = join(FOLDER, name)
    const file = new VcdFile(path)
    try {
        const vcd = new VcdRecorder({ sink: file })
        await simulate({ ...options, trace: undefined, vcd })
    } catch {
        // The failure that is looked into: the test has it already, the file what led to it.
    } finally {
        file.close()
    }
    return path
}

function fileName(test: string, index: number): string {
    const words = test.replace(/[^A-Za-z0-9]+/g, "-").slice(0, NAME_LETTERS)
    return `${words}${index === 0 ? "" : `-${index + 1}`}.vcd`
}
