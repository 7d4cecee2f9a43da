// SPDX-License-Identifier: MIT
// A VM with a clock and records of what it did, for the tests.

import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { VirtualMachine } from "../../../sim/devicescript/virtual-machine.ts"
import type { VirtualMachineOptions } from "../../../sim/devicescript/virtual-machine.ts"

export class Machine {
    nowUs = 0
    /** Of a CPU that the test gives it, ns. */
    spentNs = 0
    readonly console: string[] = []
    readonly sent: Uint8Array[] = []
    readonly vm: VirtualMachine

    private constructor(
        options: Omit<VirtualMachineOptions, "nowUs" | "onConsole" | "onSend">
    ) {
        this.vm = new VirtualMachine({
            ...options,
            nowUs: () => this.nowUs,
            onConsole: line => this.console.push(line),
            onSend: frame => this.sent.push(frame),
        })
    }

    /** A machine with `programs/<name>.ts`, booted. */
    static async boot(
        name: string,
        options: Partial<VirtualMachineOptions> = {}
    ): Promise<Machine> {
        const machine = new Machine({
            program: await buildProgram(
                `test/sim/devicescript/programs/${name}.ts`
            ),
            archId: "stm32f446",
            gcHeapBytes: 24 * 1024,
            seed: 1,
            i2c: () => -1,
            ...options,
        })
        machine.vm.start()
        return machine
    }

    /** Run for a time, ms, with a turn of the VM each millisecond. */
    run(ms: number, eachTurn: (nowUs: number) => void = () => {}): void {
        const endUs = this.nowUs + ms * 1000
        while (this.nowUs < endUs) {
            this.nowUs += 1000
            eachTurn(this.nowUs)
            this.vm.process()
        }
    }
}

/** The error that `action` throws. */
export function thrownBy(
    action: () => unknown
): Error & { readonly refusal?: boolean } {
    try {
        action()
    } catch (error) {
        return error as Error
    }
    throw new Error("nothing was thrown")
}
