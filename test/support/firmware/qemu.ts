// SPDX-License-Identifier: MIT
// Runs firmware in qemu's netduinoplus2: an STM32F405 with USART, timers, SysTick, NVIC and MPU, whose other peripherals
// read as 0. Its time is counted in instructions, so that a run is the same on every machine; its TIM2 runs at 1 GHz,
// whatever the prescaler is for, so that the firmware's seconds are 16 ms of it.

import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { HANG_MS } from "../vitest/hang.ts"

/**
 * Run an ELF until USART2 has said what is waited for.
 * @returns everything that it said up to then
 * @throws Error with all that was said, when qemu ends or nothing comes, or naming the package that is missing
 */
export async function runInQemu(
    elf: Uint8Array,
    until: (text: string) => boolean
): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "camscript-qemu-"))
    try {
        const file = join(folder, "firmware.elf")
        writeFileSync(file, elf)
        return await listen(file, until)
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

function listen(
    file: string,
    until: (text: string) => boolean
): Promise<string> {
    return new Promise((resolve, reject) => {
        // The second -serial is USART2.
        const qemu = spawn(
            "qemu-system-arm",
            [
                ...[
                    "-M",
                    "netduinoplus2",
                    "-display",
                    "none",
                    "-monitor",
                    "none",
                ],
                ...["-serial", "null", "-serial", "stdio", "-kernel", file],
            ],
            { stdio: ["ignore", "pipe", "pipe"] }
        )
        let text = ""
        let complaint = ""
        const timer = setTimeout(() => fail("it does not say it"), HANG_MS)
        const end = (): void => {
            clearTimeout(timer)
            qemu.removeAllListeners()
            qemu.kill("SIGKILL")
        }
        const fail = (why: string): void => {
            end()
            reject(
                new Error(
                    `qemu-system-arm: ${why}; it said:\n${text}\n${complaint}`
                )
            )
        }
        qemu.on("error", (error: NodeJS.ErrnoException) =>
            fail(
                error.code === "ENOENT"
                    ? 'not installed, run "npm run setup" or: apt-get install qemu-system-arm'
                    : error.message
            )
        )
        qemu.on("exit", code => fail(`it ended with ${code}`))
        qemu.stderr.on(
            "data",
            (bytes: Buffer) => (complaint += bytes.toString())
        )
        qemu.stdout.on("data", (bytes: Buffer) => {
            text += bytes.toString("latin1")
            if (!until(text)) return
            end()
            resolve(text)
        })
    })
}
