// SPDX-License-Identifier: MIT
// A text file that grows while a simulation runs.

import { closeSync, openSync, statSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { UsageError } from "../../protocol/errors.ts"
import type { TextSink } from "./vcd.ts"

/** Replaces a file of that name with the first write. What was written stays when the run fails: then it is wanted most. */
export class VcdFile implements TextSink {
    private descriptor: number | undefined
    private bytes = 0

    constructor(private readonly path: string) {}

    /** @throws UsageError when the file cannot be written */
    write(text: string): void {
        const bytes = Buffer.from(text)
        try {
            this.descriptor ??= openSync(this.path, "w")
            // At a place of its own: when Ctrl-C breaks off a call, the same text comes again, to the same place.
            for (let done = 0; done < bytes.length;)
                done += writeSync(
                    this.descriptor,
                    bytes,
                    done,
                    bytes.length - done,
                    this.bytes + done
                )
            this.bytes += bytes.length
        } catch (error) {
            throw new UsageError(
                `--vcd ${this.path} cannot be written: ${(error as Error).message}`
            )
        }
    }

    close(): void {
        if (this.descriptor !== undefined) closeSync(this.descriptor)
        this.descriptor = undefined
    }
}

/**
 * Look whether a waveform file may be written there, before anything else takes time.
 * @param name as the user wrote it
 * @param path where that is
 * @throws UsageError when it does not end in .vcd, is a folder, or its folder does not exist
 */
export function checkVcdPath(name: string, path: string): void {
    const refuse = (why: string) => {
        throw new UsageError(`--vcd ${name}: ${why}`)
    }
    if (!name.endsWith(".vcd"))
        refuse("the name of a waveform file ends in .vcd")
    const folder = statSync(dirname(path), { throwIfNoEntry: false })
    if (!folder?.isDirectory())
        refuse(`there is no folder ${dirname(path)} for it`)
    const there = statSync(path, { throwIfNoEntry: false })
    if (there?.isDirectory()) refuse("is a folder")
    if (there && !there.isFile())
        refuse("is no file but a device or a pipe; waveforms go into a file")
}
