// SPDX-License-Identifier: MIT
// What GDB's `monitor` asks of the emulated board.

import type { DebuggedCore } from "./debugged-core.ts"

const HELP = `monitor frames           frames that the sensor has begun to send since power-on
monitor registers BLOCK  registers of a block, by the names of the reference manual
monitor time             virtual time, instructions, HCLK cycles
`

/** @returns what the client shows */
export function monitor(command: string, core: DebuggedCore): string {
    const [name = "", argument] = command.trim().split(/\s+/)
    switch (name) {
        case "frames":
            return `${core.sensorFrames} frames begun by the sensor\n`
        case "registers":
            return registers(argument?.toUpperCase(), core)
        case "time":
            return time(core)
        case "help":
        case "":
            return HELP
        default:
            return `monitor ${name} is unknown:\n${HELP}`
    }
}

function registers(block: string | undefined, core: DebuggedCore): string {
    const { bus } = core.machine.chip
    const found = block === undefined ? undefined : bus.registersOf(block)
    if (found === undefined)
        return `${block === undefined ? "monitor registers needs the name of a block" : `there is no block ${block}`}: ${[...new Set(bus.blocks)].join(", ")}\n`
    const width = Math.max(...found.map(({ name }) => name.length))
    return found
        .map(
            ({ name, address, value }) =>
                `${name.padEnd(width)}  ${hex(address)}  ${value === undefined ? "(reading it changes it)" : hex(value)}\n`
        )
        .join("")
}

function time({ machine: { mcu } }: DebuggedCore): string {
    const { total, cycles } = mcu.instructions
    return `${(mcu.nowNs / 1e9).toFixed(9)} s, ${total} instructions, ${cycles} HCLK cycles\n`
}

function hex(value: number): string {
    return `0x${value.toString(16).padStart(8, "0")}`
}
