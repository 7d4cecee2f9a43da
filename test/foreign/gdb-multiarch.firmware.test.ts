// SPDX-License-Identifier: MIT
// GDB itself, in batch mode, at firmware that is not ours: symbols, a backtrace through the interrupt, a watched pixel, and back.

import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import { inPath } from "../../toolchain/tools.mjs"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { buildForeign } from "./build.ts"

/** Of GDB, for one script: it hangs when a stop never comes. */
const TIMEOUT_MS = 300_000

/** GDB passes over writes that leave the value as it was: the scene is one in which every pixel changes. */
const SCRIPT = `
set pagination off
set confirm off
target remote localhost:PORT
echo == reset\\n
info symbol $pc
break DCMI_IRQHandler
continue
echo == interrupt\\n
backtrace
delete
echo == step\\n
stepi
reverse-stepi
info symbol $pc
watch *(unsigned char *)buffers
echo == writes\\n
continue
monitor time
continue
monitor time
echo == undone\\n
reverse-continue
echo == before\\n
reverse-continue
monitor time
detach
`

let folder: string
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "camscript-gdb-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What GDB prints, in the parts that the script's echos begin. */
async function batch(
    elf: string,
    port: string
): Promise<ReadonlyMap<string, string>> {
    const script = join(folder, "script.gdb")
    writeFileSync(script, SCRIPT.replace("PORT", port))
    // Its two outputs in their order.
    const gdb = spawn(
        "sh",
        ["-c", `exec gdb-multiarch -nx -batch -x "$0" "$1" 2>&1`, script, elf],
        { timeout: TIMEOUT_MS }
    )
    let text = ""
    gdb.stdout.on("data", bytes => (text += String(bytes)))
    await new Promise(resolve => gdb.on("close", resolve))
    return new Map(
        text
            .split(/^== /m)
            .slice(1)
            .map(part => {
                const end = part.indexOf("\n")
                return [part.slice(0, end), part.slice(end + 1)]
            })
    )
}

/** Old and new value of a stop at a watchpoint. */
function values(text = ""): (string | undefined)[] {
    return ["Old", "New"].map(
        when => new RegExp(`^${when} value = (\\d+)`, "m").exec(text)?.[1]
    )
}

/** Instructions, as `monitor time` tells them. */
function executed(text = ""): number {
    return Number(/(\d+) instructions/.exec(text)?.[1])
}

it.skipIf(inPath("gdb-multiarch") === undefined)(
    "breaks, walks back the calls, watches a pixel of the DMA's, and goes back to the write before",
    async () => {
        const elf = buildForeign("vendor", "stm32f407")
        const terminal = recordingTerminal()
        const ended = main(
            [
                ...["emulate", elf, "--chip", "stm32f407", "--json"],
                ...["--sensor", "mt9v034@I2C2", "--seconds", "0.3"],
                ...["--scene", "noise:moving", "--gdb", "0"],
            ],
            terminal
        )
        let port: string | undefined
        while (port === undefined) {
            await new Promise(resolve => setTimeout(resolve, 5))
            port = /localhost:(\d+)/.exec(terminal.stderr)?.[1]
        }
        const parts = await batch(elf, port)

        expect(parts.get("reset")).toMatch(/^Reset_Handler in section/m)
        expect(parts.get("interrupt")).toMatch(/#0 +DCMI_IRQHandler \(\)/)
        expect(parts.get("interrupt")).toMatch(/<signal handler called>/)
        expect(parts.get("interrupt")).toMatch(/ main \(\) at/)
        expect(parts.get("step")).toMatch(/^DCMI_IRQHandler in section/m)
        const writes = parts.get("writes") ?? ""
        expect(writes.match(/^DMA2 stream 1 wrote 0x/gm)).toHaveLength(2)
        const times = writes.match(/^\S+ s, \d+ instructions.*$/gm)
        expect(times).toHaveLength(2)
        // GDB takes a write that it goes back over for a change as well: the first stop is the write at which it stood.
        const [was, is] = values(writes.slice(writes.lastIndexOf("Old value")))
        expect(values(parts.get("undone"))).toEqual([is, was])
        const before = parts.get("before") ?? ""
        expect(before).toMatch(/^DMA2 stream 1 wrote 0x/m)
        expect(values(before)).toEqual([was, "0"])
        expect(executed(before)).toBeLessThan(executed(times![0]))
        // For GDB an ARM core stops before the access: it steps once more forwards, and once more back.
        expect(executed(before)).toBe(executed(times![0]) - 2)
        expect(await ended).toBe(0)
    }
)
