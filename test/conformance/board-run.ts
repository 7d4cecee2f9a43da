// SPDX-License-Identifier: MIT
// One run of a program in the compiled VM: board/board.c on an STM32F405 that qemu emulates.

import { execFile, execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { programImage } from "../../toolchain/slots/program-image.ts"
import { MACHINE_FLAGS, vmObject } from "../../toolchain/vm/vm-object.ts"
import { CONSOLE_MARKS } from "../../toolchain/vm/vm-interface.ts"
import { HANG_MS } from "../support/vitest/hang.ts"
import { ARCH_ID, RUN_MS, type Run } from "./vm-runs.ts"

const folder = join(import.meta.dirname, "board")
const IMAGE_ADDRESS = 0x08040000

/** A compiled VM with its emulated board. */
export class QemuBoard {
    private readonly files = mkdtempSync(join(tmpdir(), "camscript-vm-run-"))
    private readonly firmware = new Map<number, string>()
    private runs = 0

    /** Link the firmware, once for each size of the heap. */
    async link(gcHeapBytes: number): Promise<string> {
        const done = this.firmware.get(gcHeapBytes)
        if (done !== undefined) return done
        const file = join(this.files, `board-${gcHeapBytes}.elf`)
        execFileSync("arm-none-eabi-gcc", [
            ...MACHINE_FLAGS,
            ...[
                "-std=c11",
                "-Os",
                "-Wall",
                "-Wextra",
                "-Wconversion",
                "-Werror",
            ],
            `-DRUN_MS=${RUN_MS}u`,
            ...["-I", join(folder, "..", "..", "..", "firmware", "vm")],
            ...["-nostartfiles", "-Wl,--gc-sections"],
            `-Wl,--defsym=vm_gc_heap_bytes=${gcHeapBytes}`,
            ...["-T", join(folder, "board.ld"), join(folder, "board.c")],
            ...[await vmObject(ARCH_ID), "-lm", "-o", file],
        ])
        this.firmware.set(gcHeapBytes, file)
        return file
    }

    /** All that the board prints, with one letter in front: C console, V the VM itself, P panic, S stopped. */
    readonly print: Run = async (program, gcHeapBytes) => {
        const firmware = await this.link(gcHeapBytes)
        const image = join(this.files, `image-${this.runs++}.bin`)
        writeFileSync(image, programImage(program))
        // Semihosting prints to standard error.
        const { stderr } = await promisify(execFile)(
            "qemu-system-arm",
            [
                ...["-M", "netduinoplus2", "-nographic"],
                ...["-monitor", "none", "-serial", "none"],
                ...["-semihosting-config", "enable=on,target=native"],
                ...["-kernel", firmware],
                "-device",
                `loader,file=${image},addr=${IMAGE_ADDRESS},force-raw=on`,
            ],
            { encoding: "utf8", timeout: HANG_MS }
        )
        return stderr.split("\n").slice(0, -1)
    }

    /** The program's console as the simulator shows it; a panic or a stop is a line too. */
    readonly run: Run = async (program, gcHeapBytes) => {
        const lines: string[] = []
        for (const line of await this.print(program, gcHeapBytes)) {
            const text = line.slice(2)
            if (line.startsWith("C "))
                lines.push(`${CONSOLE_MARKS[text[0]!] ?? ""}${text.slice(2)}`)
            else if (!line.startsWith("V ")) lines.push(line)
        }
        return lines
    }

    dispose(): void {
        rmSync(this.files, { recursive: true, force: true })
    }
}
