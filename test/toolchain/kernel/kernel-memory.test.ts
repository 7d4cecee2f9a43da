// SPDX-License-Identifier: MIT
// The RAM of a program's kernels: one region of the MPU at the end of the frames, and no program without kernels pays for it.

import { describe, expect, it } from "vitest"
import { boardNames, readBoard } from "../../../boards/board-file.ts"
import { compileKernel } from "../../../toolchain/kernel/compile-kernel.ts"
import {
    boardWithKernels,
    KERNEL_OWN_AT,
    KERNEL_RESULT_BYTES,
    kernelMemory,
    kernelOwnBytes,
    resultBytesMax,
} from "../../../toolchain/kernel/kernel-memory.ts"

const EIGHTHS = 8
const kernel = await compileKernel("vision/brightest.kernel.ts")
const keeping = (ownBytes: number) => [{ ...kernel, ownBytes }]

describe("memory of kernels", () => {
    it.each(boardNames())(
        "is of %s the end of the frames, in whole eighths of one region",
        name => {
            const board = readBoard(name)
            const end = board.frameMemory.address + board.frameMemory.bytes
            for (let own = 0; own <= 16384; own += 40) {
                const kernels = keeping(own)
                const { address, bytes } = kernelMemory(board, kernels)
                const eighth = [1024, 2048, 4096, 8192, 16384].find(
                    step =>
                        address % step === 0 &&
                        bytes % step === 0 &&
                        Math.floor(address / (EIGHTHS * step)) ===
                            Math.floor((address + bytes - 1) / (EIGHTHS * step))
                )

                expect(eighth).toBeDefined()
                expect(address + bytes).toBeLessThanOrEqual(end)
                expect(address).toBeGreaterThan(board.frameMemory.address)
                expect(
                    bytes - KERNEL_OWN_AT - kernelOwnBytes(kernels[0]!)
                ).toBeGreaterThanOrEqual(KERNEL_RESULT_BYTES)
            }
        }
    )

    it("is 4 KB where nothing is kept, with 2,912 bytes for a result", () => {
        const board = readBoard("nucleo-f446re")
        const kernels = keeping(0)

        expect(kernelMemory(board, kernels)).toEqual({
            address: 0x20014400,
            bytes: 4096,
        })
        expect(resultBytesMax(kernelMemory(board, kernels), kernels)).toBe(2912)
        expect(boardWithKernels(board, kernels).frameMemory.bytes).toBe(75264)
    })

    it("costs a program without kernels nothing", () => {
        const board = readBoard("nucleo-f446re")

        expect(boardWithKernels(board, [])).toBe(board)
    })

    it("that does not fit is refused with the sum", () => {
        const board = readBoard("nucleo-f446re")

        expect(() => kernelMemory(board, keeping(64000))).toThrow(
            "board nucleo-f446re: its kernels need 67232 bytes of RAM (stack and call 1184, own memory 64000, result 2048) besides " +
                "frames, there are 79360 for both: let the kernels keep less from call to call."
        )
    })

    it("needs frames that begin where a region of the MPU can", () => {
        const board = readBoard("nucleo-f446re")
        const frameMemory = { address: 0x20001e20, bytes: 79328 }

        expect(() =>
            kernelMemory({ ...board, frameMemory }, keeping(0))
        ).toThrow("make ram.nativeData larger by 480 bytes")
    })

    it("has a place for each variable that a kernel file writes", async () => {
        const kept = await compileKernel(
            "test/sim/kernel/programs/vision.kernel.ts"
        )

        expect(kernelOwnBytes(kept)).toBeGreaterThanOrEqual(kept.ownBytes + 8)
    })
})
