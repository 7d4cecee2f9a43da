// SPDX-License-Identifier: MIT
// GDB's protocol on firmware that is not ours: breakpoints, registers, a pixel that the DMA writes, and back in time.

import { readFileSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { main } from "../../host/main.ts"
import { readElf } from "../../sim/cortex-m/elf.ts"
import {
    recordingTerminal,
    type RecordingTerminal,
} from "../support/host/recording-terminal.ts"
import { RspClient } from "../support/gdb/rsp-client.ts"
import { buildForeign } from "./build.ts"

/** Numbers of registers in the target description. */
const SP = 13
const PC = 15
const XPSR = 16
/** IRQ 78 of the vector table. */
const DCMI_EXCEPTION = 16 + 78
const SENSOR = ["--chip", "stm32f407", "--sensor", "mt9v034@I2C2"]

let elf: string
let terminal: RecordingTerminal
let ended: Promise<number>
let client: RspClient

async function debug(seconds: string): Promise<RspClient> {
    terminal = recordingTerminal()
    const args = ["--json", "--seconds", seconds, "--gdb", "0"]
    ended = main(["emulate", elf, ...SENSOR, ...args], terminal)
    let port: string | undefined
    while (port === undefined) {
        await new Promise(resolve => setTimeout(resolve, 5))
        port = /localhost:(\d+)/.exec(terminal.stderr)?.[1]
    }
    return RspClient.open(Number(port))
}

function symbol(name: string): number {
    const { symbols } = readElf(readFileSync(elf), elf, [
        { name: "flash", address: 0x08000000, bytes: 1 << 20 },
        { name: "SRAM", address: 0x20000000, bytes: 128 << 10 },
        { name: "CCM", address: 0x10000000, bytes: 64 << 10 },
    ])
    return (symbols.address(name) & ~1) >>> 0
}

beforeEach(() => {
    elf = buildForeign("vendor", "stm32f407")
})
afterEach(async () => {
    client.send("k")
    await ended
    client.close()
})

describe("a debugger at a firmware in the manner of vendors' examples", () => {
    it("waits at reset, breaks in the DCMI's handler, names the DMA, and goes back", async () => {
        client = await debug("0.3")
        const handler = symbol("DCMI_IRQHandler")
        const word = await client.bytes(0x08000004, 4)

        expect(await client.ask("?")).toBe("T05")
        expect(await client.register(PC)).toBe(word.readUInt32LE() - 1)
        const stack = await client.bytes(0x08000000, 4)
        expect(await client.register(SP)).toBe(stack.readUInt32LE())
        expect(await client.monitor("time")).toMatch(
            /^0\.000000000 s, 0 instructions/
        )

        expect(await client.ask(`Z1,${handler.toString(16)},2`)).toBe("OK")
        expect((await client.resume("c")).reply).toBe("T05")
        expect(await client.register(PC)).toBe(handler)
        expect((await client.register(XPSR)) & 0x1ff).toBe(DCMI_EXCEPTION)
        // A step back from the second instruction of a handler ends at its first, not at what it interrupted.
        const entered = await client.ask("g")
        expect((await client.resume("s")).reply).toBe("T05")
        expect((await client.resume("bs")).reply).toBe("T05")
        expect(await client.ask("g")).toBe(entered)
        expect((await client.resume("s")).reply).toBe("T05")
        expect(await client.monitor("registers DCMI")).toMatch(
            /^CR +0x50050000 {2}0x0000[0-9a-f]{4}$/m
        )
        expect(await client.ask(`z1,${handler.toString(16)},2`)).toBe("OK")

        // The first byte of the buffer: where DMA2 stream 1 puts pixels.
        const dma = await client.monitor("registers DMA2")
        const buffer = Number(/^S1M0AR\s+\S+\s+(\S+)$/m.exec(dma)![1])
        expect(await client.ask(`Z2,${buffer.toString(16)},1`)).toBe("OK")
        const first = await client.resume("c")
        const firstTime = await client.monitor("time")
        expect(first.console).toBe(
            `DMA2 stream 1 wrote 0x${buffer.toString(16)}\n`
        )
        expect(first.reply).toBe(`T05watch:${buffer.toString(16)};`)

        const second = await client.resume("c")
        expect(second).toEqual(first)
        const registers = await client.ask("g")
        const secondTime = await client.monitor("time")
        expect(secondTime).not.toBe(firstTime)

        // Back to the write before, and forward again to the present.
        expect(await client.resume("bc")).toEqual(first)
        expect(await client.monitor("time")).toBe(firstTime)
        expect(await client.resume("c")).toEqual(second)
        expect(await client.ask("g")).toBe(registers)
        expect(await client.monitor("time")).toBe(secondTime)
    })

    it("steps one instruction, and one back", async () => {
        client = await debug("0.1")
        const at: string[] = []
        for (let i = 0; i < 20; i++) {
            at.push(await client.ask("g"))
            expect((await client.resume("s")).reply).toBe("T05")
        }
        expect(await client.monitor("time")).toContain(" 20 instructions")
        for (let i = 19; i >= 17; i--) {
            expect((await client.resume("bs")).reply).toBe("T05")
            expect(await client.ask("g")).toBe(at[i])
        }
        expect((await client.resume("bc")).reply).toBe("T05replaylog:begin;")
        expect(await client.ask("g")).toBe(at[0])
    })

    it("is interrupted, reads and writes memory, and leaves", async () => {
        client = await debug("0.05")
        client.send("c")
        client.raw("\x03")
        expect((await client.stopped()).reply).toBe("T02")

        const sp = ((await client.register(SP)) - 4).toString(16)
        expect(await client.ask(`M${sp},2:beef`)).toBe("OK")
        expect(await client.ask(`m${sp},2`)).toBe("beef")
        expect(await client.ask("m60000000,4")).toBe("E0e")
        // A run from reset would not have the change.
        expect((await client.resume("bc")).reply).toBe("E22")

        expect(await client.ask("D")).toBe("OK")
        expect(await ended).toBe(0)
        expect(JSON.parse(terminal.stdout)).toHaveProperty("seconds")
    })
})
