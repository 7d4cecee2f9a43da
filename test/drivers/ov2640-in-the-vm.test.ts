// SPDX-License-Identifier: MIT
// The OV2640's driver as bytecode: it writes what it writes in vitest, though DeviceScript's numbers are not quite
// JavaScript's, and its heap is small.

import { describe, expect, it } from "vitest"
import { buildProgram } from "../../toolchain/devicescript/build-program.ts"
import { VirtualMachine } from "../../sim/devicescript/virtual-machine.ts"
import { connect } from "../../sim/devicescript/stand-ins/core.ts"
import type { BankedWrite } from "../support/drivers/fake-ov2640.ts"
import { FakeOv2640 } from "../support/drivers/fake-ov2640.ts"
import { exercise } from "./programs/ov2640-exercise.ts"

const PROGRAM = "test/drivers/programs/ov2640.ts"

function withoutTimes(writes: readonly BankedWrite[]) {
    return writes.map(({ bank, register, value }) => ({
        bank,
        register,
        value,
    }))
}

async function inVitest() {
    const chip = new FakeOv2640(0x26, 0x42)
    const device = connect({
        transfer: (...transfer) => chip.transfer(...transfer),
    })
    const ended = exercise()
    await device.advance(1000)
    return { message: await ended, writes: withoutTimes(chip.writes) }
}

async function inTheVm(gcHeapBytes: number) {
    const chip = new FakeOv2640(0x26, 0x42)
    const console: string[] = []
    let nowUs = 0
    const vm = new VirtualMachine({
        program: await buildProgram(PROGRAM),
        archId: "stm32f446",
        gcHeapBytes,
        seed: 1,
        i2c: (address, write, read) => chip.transfer(address, write, read),
        nowUs: () => nowUs,
        onConsole: line => console.push(line),
        onSend: () => {},
    })
    vm.start()
    for (; nowUs < 1_000_000; nowUs += 1000) vm.process()
    return { message: console.at(-1), writes: withoutTimes(chip.writes) }
}

describe("OV2640 driver in the VM", () => {
    it("writes every register as it does in vitest, in 12 KB of heap", async () => {
        const expected = await inVitest()
        const measured = await inTheVm(12 * 1024)

        expect(expected.writes.length).toBeGreaterThan(200)
        expect(measured).toEqual(expected)
        expect(measured.message).toMatch(
            /^OV2640: frame 1604x8 of window .* would be enlarged/
        )
    })

    it("adds no more than 18 KB of bytecode to a program", async () => {
        const program = await buildProgram(PROGRAM)

        expect(program.bytecode.length).toBeLessThan(18 * 1024)
    })
})
