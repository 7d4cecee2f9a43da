// SPDX-License-Identifier: MIT
// Which C header may be included where: registers <- hal <- pins <- capture <- grabber <- cam, and nothing of the firmware in native.

import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"

/** Headers of native/ that are below all others: what a board is, what a port supplies and is asked for, results. */
const BASE = new Set([
    "board.h",
    "bus_status.h",
    "kernel_call.h",
    "port.h",
    "status.h",
])

/** From the bottom up; a file includes headers of its own layer and of those before it. */
const LAYERS = [
    "base",
    "registers",
    "hal",
    "pins",
    "capture",
    "grabber",
    "cam",
    "firmware",
]

/** The layer of a C file, by its path below the project root. */
function layerOf(path: string): string {
    if (path.startsWith("firmware/")) return "firmware"
    if (path.startsWith("native/hal/registers/")) return "registers"
    const [, folder, ...file] = path.split("/")
    if (file.length > 0) return folder!
    return BASE.has(basename(path)) ? "base" : "cam"
}

/** Files below a folder, as paths below the project root. */
function cFiles(folder: string): string[] {
    return readdirSync(join(projectRoot, folder), { recursive: true })
        .map(name => `${folder}/${String(name)}`)
        .filter(path => /\.[ch]$/.test(path))
        .sort()
}

function includes(source: string): string[] {
    return [...source.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map(
        ([, name]) => name!
    )
}

/** What `path` may not include; every header is named without its folder. */
function wrongIncludes(
    path: string,
    source: string,
    headers: ReadonlyMap<string, string>
): string[] {
    const own = LAYERS.indexOf(layerOf(path))
    return includes(source)
        .filter(name => {
            const header = headers.get(name)
            return header === undefined || LAYERS.indexOf(layerOf(header)) > own
        })
        .map(name => `${path}: ${name}`)
}

describe("C includes", () => {
    const files = [...cFiles("native"), ...cFiles("firmware")]
    const headers = new Map(
        files
            .filter(path => path.endsWith(".h"))
            .map(path => [basename(path), path])
    )

    it("find one header by each name", () => {
        expect(headers.size).toBe(
            files.filter(path => path.endsWith(".h")).length
        )
    })

    it("are in layers that are known", () => {
        expect(new Set(files.map(layerOf))).toEqual(new Set(LAYERS))
    })

    it("go down only", () => {
        const wrong = files.flatMap(path =>
            wrongIncludes(
                path,
                readFileSync(join(projectRoot, path), "utf8"),
                headers
            )
        )
        expect(wrong).toEqual([])
    })

    it.each([
        ["native/hal/i2c.h", "cam.h"],
        ["native/hal/dma.c", "capture.h"],
        ["native/hal/registers/dma_regs.h", "mmio.h"],
        ["native/hal/pins.c", "grabber.h"],
        ["native/pins/pin_edges.c", "grabber_regs.h"],
        ["native/capture/capture_moves.c", "grabber_map.h"],
        ["native/capture/rows/rows_check.c", "grabber.h"],
        ["native/capture/capture_state.h", "cam.h"],
        ["native/grabber/grabber.c", "cam.h"],
        ["native/status.h", "mmio.h"],
        ["native/cam.c", "vm.h"],
        ["native/hal/dma.c", "no_such_header.h"],
    ])("would be reported: %s including %s", (path, name) => {
        expect(wrongIncludes(path, `#include "${name}"\n`, headers)).toEqual([
            `${path}: ${name}`,
        ])
    })

    it.each([
        ["native/hal/i2c.h", "bus_status.h"],
        ["native/hal/dma.c", "dma_regs.h"],
        ["native/capture/capture_moves.c", "i2c.h"],
        ["native/capture/rows/rows_check.c", "capture.h"],
        ["native/grabber/grabber.c", "capture.h"],
        ["native/cam.c", "grabber.h"],
        ["firmware/vm_port.c", "cam.h"],
    ])("are free: %s including %s", (path, name) => {
        expect(wrongIncludes(path, `#include "${name}"\n`, headers)).toEqual([])
    })
})
