// SPDX-License-Identifier: MIT
// The VM in virtual time: console, errors, heap, archId, determinism.

import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { ProgramError } from "../../../protocol/errors.ts"
import { Machine, thrownBy } from "../../support/devicescript/machine.ts"

describe("VirtualMachine, a program that prints", () => {
    it("gives each line of the console once, marked by its level, at the time it is printed", async () => {
        const machine = await Machine.boot("console")

        machine.run(20)
        const early = [...machine.console]
        machine.run(20)

        expect(early).toEqual([
            "hello 2",
            "warning: careful",
            "error: bad",
            "debug: detail",
            "two",
            "lines",
        ])
        expect(machine.console.slice(early.length)).toEqual(["simulator false"])
    })

    it("goes on without an error when the program has ended", async () => {
        const machine = await Machine.boot("console")

        machine.run(3000)

        expect(machine.console).toHaveLength(7)
    })

    it("does not take an exception that the program caught and printed for a failure", async () => {
        const machine = await Machine.boot("caught")

        machine.run(100)

        expect(machine.console).toEqual(["TypeError caught", "end"])
    })
})

describe("VirtualMachine, an unhandled exception", () => {
    it("throws its name, its message and the lines of the program that led to it", async () => {
        const machine = await Machine.boot("exception")

        const error = thrownBy(() => machine.run(100))

        expect(error).toBeInstanceOf(ProgramError)
        expect(error.message).toBe(
            "test/sim/devicescript/programs/exception.ts: RangeError: value 5 is over 3\n" +
                "    at inner (test/sim/devicescript/programs/exception.ts:7)\n" +
                "    at outer (test/sim/devicescript/programs/exception.ts:12)\n" +
                "    at main (test/sim/devicescript/programs/exception.ts:15)"
        )
        expect(error.refusal).toBe(false)
    })

    it("is thrown from the call that saw it, and from each call after it", async () => {
        const machine = await Machine.boot("exception")

        const error = thrownBy(() => machine.run(100))

        expect(machine.nowUs).toBe(4000) // main starts at 1 ms and pauses for 3 ms
        expect(thrownBy(() => machine.vm.process())).toBe(error)
        expect(thrownBy(() => machine.vm.receive(new Uint8Array(16)))).toBe(
            error
        )
    })

    it("is found in an async timer handler after main has ended", async () => {
        const machine = await Machine.boot("timer-exception")

        const error = thrownBy(() => machine.run(100))

        expect(machine.console).toEqual(["main ends"])
        expect(error.message).toMatch(
            /^test\/sim\/devicescript\/programs\/timer-exception\.ts: TypeError: .*undefined\n {4}at \w+ \(test\/sim\/devicescript\/programs\/timer-exception\.ts:9\)$/
        )
    })

    it("has the right lines of another file with text that is not ASCII", async () => {
        const machine = await Machine.boot("imported")

        const error = thrownBy(() => machine.run(100))

        expect(machine.console).toEqual(["0.12"])
        expect(error.message).toBe(
            "test/sim/devicescript/programs/imported.ts: Error: -1 µs < 0 µs\n" +
                "    at convert (test/sim/devicescript/programs/lib/convert.ts:7)\n" +
                "    at main (test/sim/devicescript/programs/imported.ts:7)"
        )
    })

    it("of a driver's class is a refusal: the whole message, without a stack", async () => {
        const machine = await Machine.boot("refusal")

        const error = thrownBy(() => machine.run(100))

        const reasons = Array.from(
            { length: 60 },
            (_, i) => ` reason ${i + 100}`
        ).join("")
        expect(error).toBeInstanceOf(ProgramError)
        expect(error.message).toBe(`SENSOR: no, for these reasons:${reasons}`)
        expect(error.refusal).toBe(true)
    })
})

describe("VirtualMachine, a program that cannot go on", () => {
    it("says that a loop without a pause ran over 131,072 operations", async () => {
        const machine = await Machine.boot("infinite-loop")

        const error = thrownBy(() => machine.run(10))

        expect(error).toBeInstanceOf(ProgramError)
        expect(error.message).toContain(
            "the module's own code ran 131,072 bytecode operations without a pause (panic 60001"
        )
        expect(error.message).toContain(
            "at spin (test/sim/devicescript/programs/infinite-loop.ts:6)"
        )
    })

    it("tells a handler that does too much at once from it", async () => {
        const machine = await Machine.boot("slow-handler")

        const error = thrownBy(() => machine.run(10))

        expect(error.message).toMatch(
            /a handler ran 131,072 bytecode operations .*its loop never ends, or it does more at once than fits.* an await ds\.sleep\(1\) every few rows/
        )
        expect(error.message).toContain("programs/slow-handler.ts:6")
    })

    it("says that calls are nested too deeply, and shows only the first of them", async () => {
        const machine = await Machine.boot("recursion")

        const error = thrownBy(() => machine.run(10))

        expect(error.message).toContain("nested too deeply (panic 60006")
        expect(error.message.match(/at deeper/g)).toHaveLength(8)
        expect(error.message).toMatch(/and \d+ more$/)
    })

    it("ends a loop whose pauses take no time", async () => {
        const machine = await Machine.boot("sleep-zero")

        const error = thrownBy(() => machine.run(10))

        expect(error).toBeInstanceOf(ProgramError)
        expect(error.message).toContain("ds.sleep(0)")
    })

    it("does not restart the chip", async () => {
        const machine = await Machine.boot("reboot")

        const error = thrownBy(() => machine.run(10))

        expect(error).toBeInstanceOf(ProgramError)
        expect(error.message).toContain("restarts the chip")
    })

    it("throws on what its I2C device throws, unchanged", async () => {
        const broken = new Error("the silicon was misused")
        const machine = await Machine.boot("allocate", {
            i2c: () => {
                throw broken
            },
        })

        expect(thrownBy(() => machine.run(10))).toBe(broken)
        expect(thrownBy(() => machine.vm.process())).toBe(broken)
    })
})

describe.each([12, 24, 40])(
    "VirtualMachine with a GC heap of %i KB",
    kilobytes => {
        const gcHeapBytes = kilobytes * 1024
        const allocate = (bytes: number) =>
            Machine.boot("allocate", {
                gcHeapBytes,
                i2c: (_address, _write, read) => {
                    new DataView(read.buffer, read.byteOffset).setUint32(
                        0,
                        bytes,
                        true
                    )
                    return 0
                },
            })

        it("holds an object of the heap's size less 1.5 KB", async () => {
            const machine = await allocate(gcHeapBytes - 1536)

            machine.run(10)

            expect(machine.console).toEqual([
                `allocated ${gcHeapBytes - 1536} 7`,
            ])
        })

        it("refuses an object of the heap's size, with the sum", async () => {
            const machine = await allocate(gcHeapBytes)

            const error = thrownBy(() => machine.run(10))

            expect(error).toBeInstanceOf(ProgramError)
            expect(error.message).toContain(
                `the GC heap of ${gcHeapBytes} bytes is full (panic 60004, OutOfMemory): ${gcHeapBytes + 12} bytes were wanted`
            )
            expect(error.message).toContain(
                "at main (test/sim/devicescript/programs/allocate.ts:8)"
            )
        })

        it("measures used and free bytes that add up to the heap", async () => {
            const machine = await allocate(1000)
            machine.run(10)

            const heap = machine.vm.measureHeap()!

            expect(heap.usedBytes).toBeGreaterThan(1000)
            expect(heap.usedBytes).toBeLessThan(3000)
            expect(heap.largestFreeBytes).toBeLessThanOrEqual(heap.freeBytes)
            // The ends of the heap and its free list take a few words.
            const overhead = gcHeapBytes - heap.usedBytes - heap.freeBytes
            expect(overhead).toBeGreaterThanOrEqual(0)
            expect(overhead).toBeLessThan(64)
        })
    }
)

describe("VirtualMachine, two runs", () => {
    const trace = async (seed: number) => {
        const machine = await Machine.boot("random", { seed })
        machine.run(3000)
        const frames = createHash("sha256")
        for (const frame of machine.sent) frames.update(frame)
        return {
            console: machine.console,
            frames: machine.sent.length,
            sha256: frames.digest("hex"),
        }
    }

    it("with the same seed print the same and send the same frames", async () => {
        const first = await trace(5)
        const second = await trace(5)

        // The log's ring of 1,024 bytes wraps several times: no line may be cut or joined.
        expect(first.console.length).toBeGreaterThan(400)
        expect(first.console.filter(line => !/^\d+ \d+$/.test(line))).toEqual(
            []
        )
        expect(first.frames).toBeGreaterThan(5)
        expect(second).toEqual(first)
    })

    it("with different seeds print different random numbers", async () => {
        expect((await trace(6)).console).not.toEqual((await trace(5)).console)
    })

    it("side by side in one process do not disturb each other", async () => {
        const alone = await trace(5)
        const a = await Machine.boot("random", { seed: 5 })
        const b = await Machine.boot("exception")

        expect(() => b.run(100)).toThrow(ProgramError)
        a.run(3000)

        expect(a.console).toEqual(alone.console)
    })
})
