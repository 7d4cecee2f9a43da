// SPDX-License-Identifier: MIT
// Images over the link of the emulated board: the firmware that is flashed, its USART, the host's client.

import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { slowTimer } from "../../host/link/timer.ts"
import { openPseudoTerminal } from "../../host/targets/emulated-serial/pseudo-terminal.ts"
import { run } from "../../host/commands/run/run.ts"
import { PortTarget } from "../../host/targets/board/port-target.ts"
import { serveBoard } from "../../host/targets/emulated-serial/serial-board.ts"
import { recordingTerminal } from "../support/host/recording-terminal.ts"
import { LinkRig, runOptions } from "../support/system/link-rig.ts"

const open: LinkRig[] = []
afterEach(() => {
    for (const rig of open.splice(0)) rig.close()
})

async function boot(name: string, scene?: string): Promise<LinkRig> {
    const rig = await LinkRig.create(name, { scene })
    open.push(rig)
    return rig
}

describe("images of the emulated board", () => {
    it("with two buffers: bit-exact, 0.85 of the line, no frame lost", async () => {
        const rig = await boot("stm32f407ve", "noise:moving")
        const { board, serial, client, images } = rig
        await serial.until(client.hello({ tries: 30 }))
        const endS: number[] = []
        const { onFrame } = client
        client.onFrame = image => {
            endS.push(board.seconds)
            onFrame!(image)
        }
        await serial.until(client.stream({ reduce: 2 }))
        serial.runFor(1.2 - board.seconds)
        const bytes = images
            .slice(1)
            .reduce((sum, image) => sum + image.bytes.length, 0)
        const seconds = endS.at(-1)! - endS[0]!
        const line = client.welcome!.baud / 10

        expect(images.length).toBeGreaterThanOrEqual(4)
        expect(rig.wrongBytes).toBe(0)
        expect(client.images.corrupt).toBe(0)
        expect(bytes / seconds / line).toBeGreaterThanOrEqual(0.85)
        expect(board.record.counters().dropped).toBe(0)
    })

    it("come through a pseudo terminal and serialport into a folder", async () => {
        const { board, serial } = await boot("stm32f407ve")
        const terminal = openPseudoTerminal()
        const out = mkdtempSync(join(tmpdir(), "camscript-port-"))
        // The first hello finds it booted; the next one comes seconds later.
        serial.runFor(0.35)
        let done = false
        const served = serveBoard({
            serial,
            terminal,
            seconds: () => board.seconds,
            done: () => done,
        })
        try {
            const said = recordingTerminal()
            await run(
                {
                    ...runOptions("stm32f407ve", {
                        out,
                        target: terminal.path,
                    }),
                    frames: 2,
                },
                said,
                // On a busy machine the emulated board's seconds take many.
                (options, hooks) =>
                    PortTarget.open(options, hooks, slowTimer(20))
            )
            const report: unknown = JSON.parse(said.stdout)

            expect(report).toMatchObject({
                board: "stm32f407ve",
                pictures: 2,
                corrupt: 0,
                mode: { strategy: "sensor-window", buffers: 2 },
                counters: { overruns: 0, shortFrames: 0, dmaErrors: 0 },
            })
            expect(
                readdirSync(out).filter(name => name.endsWith(".png"))
            ).toHaveLength(2)
        } finally {
            done = true
            await served
            terminal.close()
            rmSync(out, { recursive: true })
        }
    })
})
