// SPDX-License-Identifier: MIT
// The folder of a run's images: everything is written aside and moved in at the end, so that a failed run changes nothing.

import {
    existsSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmdirSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { UsageError } from "../../protocol/errors.ts"
import { makeFolder } from "../make-folder.ts"
import type { DisplayImage } from "../../sim/observe/display.ts"
import { displayFile, imageFile, type ImageSource } from "./frame-image.ts"

/** What a run leaves beside its images: its report, and by it the list of files that the next run may replace. */
export const REPORT_FILE = "camscript-run.json"

/** What the display showed at the end. */
const DISPLAY_NAME = "display.png"

const IMAGE_NAME = /^(?:frame-(?:\d{3,}-)?\d{6,}\.(?:png|jpg)|display\.png)$/
const STAGING_NAME = /^\.camscript-(\d+)$/

/**
 * Name of a frame's image, by the frame's sequence number.
 * @param capture of the run, from 1 on: the numbers begin again when the program starts another
 */
export function imageName(
    sequence: number,
    extension: "png" | "jpg" = "png",
    capture = 1
): string {
    const which = capture > 1 ? `${String(capture).padStart(3, "0")}-` : ""
    return `frame-${which}${String(sequence).padStart(6, "0")}.${extension}`
}

/** Images on their way into a folder. After `open`, call either `publish` or `discard`. */
export class ImageFolder {
    private readonly staging: string
    private firstCreated: string | undefined
    private readonly names = new Set<string>()
    private readonly added = new Set<string>()

    /**
     * Look whether the folder may be used; nothing is written yet.
     * @param folder need not exist
     * @throws UsageError when it is no folder, or holds frame images that no run of ours listed
     */
    constructor(private readonly folder: string) {
        this.staging = join(folder, `.camscript-${process.pid}`)
        if (!existsSync(folder)) return
        if (!statSync(folder).isDirectory())
            throw new UsageError(`--out ${folder} is a file, not a folder`)
        const ours = new Set(listedImages(folder))
        const foreign = imagesIn(folder).find(name => !ours.has(name))
        if (foreign !== undefined)
            throw new UsageError(
                `--out ${folder} holds ${foreign}, which is not from camscript's last run there (${REPORT_FILE} does not list it) and is not overwritten: name another folder, or move it away`
            )
    }

    /**
     * Create the folder, and a place for half a run in it.
     * @throws UsageError when it cannot be written
     */
    open(): void {
        try {
            this.firstCreated = makeFolder(this.folder)
            removeAbandoned(this.folder)
            makeFolder(this.staging)
        } catch (error) {
            throw new UsageError(
                `--out ${this.folder} cannot be written: ${(error as Error).message}`
            )
        }
    }

    /** Write a frame's image. The same frame gives the same bytes. @param capture as in imageName() */
    async add(
        sequence: number,
        frame: ImageSource,
        capture = 1
    ): Promise<void> {
        const frameKey = `${capture} ${sequence}`
        if (this.added.has(frameKey)) return
        this.added.add(frameKey)
        const { extension, bytes } = await imageFile(frame)
        const name = imageName(sequence, extension, capture)
        this.names.add(name)
        writeFileSync(join(this.staging, name), bytes)
    }

    /** Write what the display shows. */
    async addDisplay(image: DisplayImage): Promise<void> {
        const bytes = await displayFile(image)
        this.names.add(DISPLAY_NAME)
        writeFileSync(join(this.staging, DISPLAY_NAME), bytes)
    }

    /** Paths of the images, as they will be after `publish`, in the order of their sequence numbers; the display's is the last. */
    files(): string[] {
        const names = [...this.names].filter(name => name !== DISPLAY_NAME)
        names.sort()
        if (this.names.has(DISPLAY_NAME)) names.push(DISPLAY_NAME)
        return names.map(name => join(this.folder, name))
    }

    /** Move the images in, remove those of the run before, and leave the report beside them. */
    publish(report: object): void {
        const stale = listedImages(this.folder)
        for (const name of this.names)
            renameSync(join(this.staging, name), join(this.folder, name))
        for (const name of stale)
            if (!this.names.has(name))
                rmSync(join(this.folder, name), { force: true })
        const staged = join(this.staging, REPORT_FILE)
        writeFileSync(staged, `${JSON.stringify(report, undefined, 4)}\n`)
        renameSync(staged, join(this.folder, REPORT_FILE))
        rmdirSync(this.staging)
    }

    /** Remove everything that was written, and the folder when it was made for this run. */
    discard(): void {
        rmSync(this.staging, { recursive: true, force: true })
        if (this.firstCreated === undefined) return
        if (readdirSync(this.folder).length === 0)
            rmSync(this.firstCreated, { recursive: true, force: true })
    }
}

function imagesIn(folder: string): string[] {
    return readdirSync(folder).filter(name => IMAGE_NAME.test(name))
}

/** Images that the last run's report lists; none when it cannot be read. */
function listedImages(folder: string): string[] {
    try {
        const report: unknown = JSON.parse(
            readFileSync(join(folder, REPORT_FILE), "utf8")
        )
        const files = (report as { files?: unknown }).files
        if (!Array.isArray(files)) return []
        return files
            .filter(file => typeof file === "string")
            .map(file => file.split(/[/\\]/).at(-1)!)
            .filter(name => IMAGE_NAME.test(name))
    } catch {
        return []
    }
}

/** Staging folders of runs that were killed: their process is gone. */
function removeAbandoned(folder: string): void {
    for (const name of readdirSync(folder)) {
        const pid = Number(STAGING_NAME.exec(name)?.[1])
        if (pid > 0 && !isRunning(pid))
            rmSync(join(folder, name), { recursive: true, force: true })
    }
}

function isRunning(pid: number): boolean {
    if (pid === process.pid) return false
    try {
        process.kill(pid, 0)
        return true
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM"
    }
}
