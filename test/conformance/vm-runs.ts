// SPDX-License-Identifier: MIT
// One run of a program: its console in the official VM under Node.

import type { Program } from "../../toolchain/devicescript/program.ts"
import { VirtualMachine } from "../../sim/devicescript/virtual-machine.ts"

/** What a program prints at its end, which ends the run. */
export const DONE = "done"
/** Virtual time of a run at most; each millisecond the VM has a turn. */
export const RUN_MS = 1000
export const ARCH_ID = "stm32f446"

/** A run of a program in some VM. @returns its console lines */
export type Run = (
    program: Program,
    gcHeapBytes: number
) => Promise<readonly string[]>

/** In the VM of the simulator. */
export const runInSimulator: Run = (program, gcHeapBytes) => {
    const lines: string[] = []
    let nowUs = 0
    const vm = new VirtualMachine({
        program,
        archId: ARCH_ID,
        gcHeapBytes,
        seed: 1,
        nowUs: () => nowUs,
        onConsole: line => lines.push(line),
        onSend: () => {},
        i2c: (address, write, read) => {
            // The same part as in board/board.c.
            if (address !== 0x10) return -1
            const sum = write.reduce((total, byte) => total + byte, 0)
            read.forEach((_, i) => (read[i] = sum + i))
            return 0
        },
    })
    vm.start()
    while (lines.at(-1) !== DONE && nowUs < RUN_MS * 1000) {
        nowUs += 1000
        vm.process()
    }
    return Promise.resolve(lines)
}
