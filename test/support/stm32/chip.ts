// SPDX-License-Identifier: MIT
// What the tests of the silicon models share: a chip on the default board, and a source of lines.

import { readBoard } from "../../../boards/board-file.ts"
import { Clock } from "../../../sim/clock.ts"
import type { I2cTarget } from "../../../sim/wires/i2c-bus.ts"
import { Rules } from "../../../sim/rules.ts"
import { type ChipOptions, Stm32F4 } from "../../../sim/stm32/chip.ts"
import type { I2cDmaPorts } from "../../../sim/stm32/i2c/i2c.ts"
import { RegisterLog } from "../../../sim/trace/register-log.ts"

export const PIXCLK_NS = 1e9 / 26_660_000

/** Memory of a chip that is only touched where DMA writes: its index is the address. */
export function makeMemory(): Uint8Array {
    // 8200 pages of 64 KB end above SRAM (0x20000000); untouched pages cost nothing.
    const memory = new WebAssembly.Memory({ initial: 8200, maximum: 8200 })
    return new Uint8Array(memory.buffer)
}

export interface TestChip {
    readonly chip: Stm32F4
    readonly clock: Clock
    readonly rules: Rules
    readonly log: RegisterLog
    readonly memory: Uint8Array
    read(address: number): number
    write(address: number, value: number): void
}

/**
 * A chip as the board file wires it.
 * @param changes to the board file
 * @param options more of the chip's
 */
export function makeChip(
    boardName = "nucleo-f446re",
    permissive = false,
    clocks: "board" | "rcc" = "board",
    changes: object = {},
    options: Partial<ChipOptions> = {}
): TestChip {
    const clock = new Clock()
    const rules = new Rules(() => clock.nowNs, permissive)
    const log = new RegisterLog(() => clock.nowNs, true)
    const memory = makeMemory()
    const board = { ...readBoard(boardName), ...changes }
    const chip = new Stm32F4({
        board,
        clock,
        rules,
        log,
        memory,
        clocks,
        ...options,
    })
    return {
        chip,
        clock,
        rules,
        log,
        memory,
        read: address => chip.bus.read32(address),
        write: (address, value) => chip.bus.write32(address, value),
    }
}

/** Request lines of an I2C block that no DMA serves. */
export function unservedDma(): I2cDmaPorts {
    const port = { changed: (): void => {} }
    return { tx: port, rx: port }
}

/** Run all events up to a time from now, ns. */
export function pass(clock: Clock, ns: number): void {
    const limit = clock.nowNs + ns
    while (clock.step(limit));
}

/** A target with a register pointer and 256 registers, that records what it saw. */
export class FakeTarget implements I2cTarget {
    readonly name = "FAKE"
    readonly seen: string[] = []
    readonly registers = new Uint8Array(256)
    /** Data bytes to acknowledge before a NACK. */
    acknowledges = Infinity
    private pointer = 0
    private first = true

    constructor(readonly address: number) {}

    start(read: boolean): boolean {
        this.seen.push(read ? "start read" : "start write")
        this.first = !read
        return true
    }

    write(byte: number): boolean {
        this.seen.push(`write ${byte}`)
        if (this.first) this.pointer = byte
        else this.registers[this.pointer++ & 255] = byte
        this.first = false
        return this.acknowledges-- > 0
    }

    read(): number {
        this.seen.push("read")
        return this.registers[this.pointer++ & 255]!
    }

    stop(): void {
        this.seen.push("stop")
    }
}
