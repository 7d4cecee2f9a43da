// SPDX-License-Identifier: MIT
// Devices and pipes where files are wanted, folders that cannot be made, and a stdout that takes nothing.

import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { makeFolder } from "../../host/make-folder.ts"
import { loadScene } from "../../sim/scene/load-scene.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import { HANG_MS } from "../support/vitest/hang.ts"

const folder = mkdtempSync(join(tmpdir(), "camscript-strange-"))

/** A command line of the shell, where `camscript` is ours; it is ended when it hangs. */
function shell(line: string) {
    const script = join(projectRoot, "host", "camscript.mjs")
    const { status, stdout, stderr } = spawnSync(
        "bash",
        [
            "-c",
            `camscript() { "${process.execPath}" "${script}" "$@"; }; set -o pipefail; ${line}`,
        ],
        { cwd: folder, encoding: "utf8", timeout: HANG_MS }
    )
    return { status, stdout, stderr }
}

describe("a folder", () => {
    it("is made with those above it, and the first new one is named", () => {
        const first = join(folder, "a")

        expect(makeFolder(join(first, "b", "c"))).toBe(first)
        expect(statSync(join(first, "b", "c")).isDirectory()).toBe(true)
        expect(makeFolder(join(first, "b"))).toBeUndefined()
    })

    it("below a file is refused", () => {
        writeFileSync(join(folder, "file"), "")

        expect(() => makeFolder(join(folder, "file", "x"))).toThrow(
            /EEXIST|ENOTDIR/
        )
    })

    it.runIf(existsSync("/proc/self"))(
        "that nobody can make ends the command",
        () => {
            const { status, stderr } = shell(
                "camscript run --frames 2 --out /proc/x/y --quiet"
            )

            expect(stderr).toMatch(
                /^camscript: --out \/proc\/x\/y cannot be written: ENOENT.*\n$/
            )
            expect(status).toBe(2)
        }
    )
})

describe("a device or a pipe", () => {
    it.each(["/dev/zero", "."])("is no firmware: %s", elf => {
        const { status, stderr } = shell(
            `camscript emulate ${elf} --chip stm32f407 --sensor mt9v034@I2C2`
        )

        expect(stderr).toMatch(
            /^camscript: \S+ is no regular file but a folder, a device or a pipe: an ELF file is wanted\n$/
        )
        expect(status).toBe(2)
    })

    it("is no scene", async () => {
        const size = { width: 8, height: 8 }

        await expect(loadScene("/dev/zero", size, 1)).rejects.toThrow(
            /^scene "\/dev\/zero" is a device or a pipe: an image, a folder of images or a Y4M video is wanted$/
        )
        spawnSync("mkfifo", [join(folder, "pipe.png")])
        await expect(
            loadScene(join(folder, "pipe.png"), size, 1)
        ).rejects.toThrow(/is a device or a pipe/)
    })

    it("takes no waveforms", () => {
        const { status, stderr } = shell(
            "mkfifo pipe.vcd && camscript run --frames 2 --vcd pipe.vcd"
        )

        expect(stderr).toMatch(
            /^camscript: --vcd pipe\.vcd: is no file but a device or a pipe; .*\n$/
        )
        expect(status).toBe(2)
    })
})

describe("an SVG", () => {
    it("is no scene, as its error has always said", async () => {
        const svg = join(folder, "scene.svg")
        writeFileSync(
            svg,
            '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
        )

        await expect(
            loadScene(svg, { width: 8, height: 8 }, 1)
        ).rejects.toThrow(
            /is not an image that can be read: it looks like text, beginning with .*; PNG, JPEG, WebP, TIFF and GIF can$/
        )
    })
})

describe("a stdout", () => {
    it.runIf(existsSync("/dev/full"))("that is full is said", () => {
        const { status, stderr } = shell(
            "camscript plan --window 64x64 --json > /dev/full"
        )

        expect(stderr).toMatch(
            /^camscript: stdout cannot be written: ENOSPC.*\n$/
        )
        expect(status).toBe(1)
    })

    it("that nobody reads to its end is not", () => {
        const { stderr } = shell("camscript plan --window 64x64 --json | true")

        expect(stderr).toBe("")
    })
})
