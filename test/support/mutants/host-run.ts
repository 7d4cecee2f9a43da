// SPDX-License-Identifier: MIT
// A mutant's run in the simulator's VM: bounded by virtual time, which the VM's operations are charged to.

import { readBoard } from "../../../boards/board-file.ts"
import { ProgramError } from "../../../protocol/errors.ts"
import { VirtualMachine } from "../../../sim/devicescript/virtual-machine.ts"
import type { Program } from "../../../toolchain/devicescript/program.ts"
import { DONE } from "../../conformance/vm-runs.ts"

/** Longer than any of the bases runs. */
const RUN_US = 60_000
const TURN_US = 1000

const board = readBoard("nucleo-f446re")

export interface HostRun {
    readonly lines: readonly string[]
    /** Operations by the byte that each begins at. */
    readonly executed: Uint32Array
    /** Why the VM did not go on. */
    readonly error: ProgramError | undefined
    /** The VM took the bytecode. */
    readonly loaded: boolean
}

/**
 * Run a program up to its last line, its end or 60 ms of virtual time.
 * @throws whatever is no ProgramError: no program may cause such a thing
 */
export function runInHost(program: Program, byPlace = false): HostRun {
    const lines: string[] = []
    let nowUs = 0
    let loaded = false
    let error: ProgramError | undefined
    const vm = new VirtualMachine({
        program,
        archId: board.chip,
        gcHeapBytes: board.gcHeapBytes,
        seed: 1,
        byPlace,
        nowUs: () => Math.floor(nowUs),
        cpu: {
            hclkHz: board.hclkHz,
            cycles: board.vmCycles,
            spend: ns => {
                nowUs += ns / 1000
            },
        },
        onConsole: line => lines.push(line),
        onSend: () => {},
        i2c: (address, write, read) => {
            // The same part as in test/conformance/vm-runs.ts.
            if (address !== 0x10) return -1
            const sum = write.reduce((total, byte) => total + byte, 0)
            read.forEach((_, i) => (read[i] = sum + i))
            return 0
        },
    })
    try {
        vm.start()
        loaded = true
        while (lines.at(-1) !== DONE && nowUs < RUN_US) {
            nowUs += TURN_US
            vm.process()
        }
    } catch (thrown) {
        if (!(thrown instanceof ProgramError)) throw thrown
        error = thrown
    }
    return { lines, executed: vm.byPlace().operations, error, loaded }
}
