// SPDX-License-Identifier: MIT
// The firmware of every board: fits, lies where the simulator believes it lies, says of its board what the board file says.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { ramAreas } from "../../../toolchain/firmware/board-constants.ts"
import { symbolValue } from "../../../toolchain/elf/elf.ts"
import { makeBuildReport } from "../../../host/commands/build/build-report.ts"
import {
    buildProgramSlot,
    parseProgramSlot,
    SLOT_IMAGE_OFFSET,
    VM_ID,
} from "../../../toolchain/slots/program-slot.ts"
import { boardNames, readBoard } from "../../../boards/board-file.ts"
import { boardFields } from "../../../boards/board-block.ts"
import { buildFirmware } from "../../../toolchain/firmware/build-firmware.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { builtFirmware, flashBytes } from "../../support/firmware/build-rig.ts"
import { DEFAULT_REQUESTS } from "../../../toolchain/devicescript/default-program.ts"

const KB = 1024
const FLASH_START = 0x08000000

describe.each(boardNames())("firmware for %s", name => {
    it("lies where the board file says, frame memory included", async () => {
        const { parsed, board } = await builtFirmware({ board: name })
        const at = (symbol: string): number => symbolValue(parsed, symbol)
        const area = (owner: string) =>
            ramAreas(board).find(candidate => candidate.owner === owner)!
        const end = (owner: string): number =>
            area(owner).address + area(owner).bytes

        expect(at("cam_frame_memory")).toBe(board.frameMemory.address)
        expect(at("cam_frame_memory_end") - at("cam_frame_memory")).toBe(
            board.frameMemory.bytes
        )
        expect(at("cam_native_stack")).toBe(area("nativeStack").address)
        expect(at("cam_native_stack_end")).toBe(end("nativeStack"))
        expect(at("vm_data")).toBe(area("vmData").address)
        // 32 bytes below the VM's stack are the MPU's.
        expect(at("vm_stack")).toBe(area("vmStack").address + 32)
        expect(at("vm_stack_end")).toBe(end("vmStack"))
        expect(at("cam_vm_native_stack")).toBe(area("vmNativeStack").address)
        expect(at("cam_vm_native_stack_end")).toBe(end("vmNativeStack"))
        expect(at("vm_heap")).toBe(area("vmHeap").address)
        expect(at("vm_heap_end")).toBe(end("gcHeap"))
        expect(at("vm_gc_heap_bytes")).toBe(board.gcHeapBytes)
    })

    it("keeps every section inside its owner", async () => {
        const { parsed, board } = await builtFirmware({ board: name })
        const inRam = parsed.sections.filter(
            ({ allocated, address, bytes }) =>
                allocated && bytes > 0 && address >= 0x10000000
        )
        const owners = inRam.map(({ name: section, address, bytes }) => {
            const area = ramAreas(board).find(
                ({ address: start, bytes: length }) =>
                    address >= start && address + bytes <= start + length
            )
            return [section, area?.owner]
        })
        expect(Object.fromEntries(owners)).toEqual({
            ".vm_variables": "vmData",
            ".data": "nativeData",
            ".bss": "nativeData",
            ".noinit": "nativeData",
        })
    })

    it("starts with the stack's end and the reset handler, and has the VM's data at 0x400", async () => {
        const { parsed } = await builtFirmware({ board: name })
        const vectors = new DataView(
            flashBytes(parsed, 0x08000000, 452).slice().buffer
        )
        expect(vectors.getUint32(0, true)).toBe(
            symbolValue(parsed, "cam_native_stack_end")
        )
        expect(vectors.getUint32(4, true)).toBe(
            symbolValue(parsed, "Reset_Handler") | 1
        )
        // RM0090 table 62: DMA2_Stream1 is 57, DCMI 78, DMA1_Stream6 17.
        for (const [irq, handler] of [
            [57, "DMA2_Stream1_IRQHandler"],
            [78, "DCMI_IRQHandler"],
            [17, "DMA1_Stream6_IRQHandler"],
        ] as const)
            expect(vectors.getUint32(4 * (16 + irq), true)).toBe(
                symbolValue(parsed, handler) | 1
            )
        const rodata = parsed.sections.find(
            section => section.name === ".vm_rodata"
        )!
        expect(rodata.address).toBe(0x08000400)
        expect(rodata.bytes).toBe(29_496)
    })

    it("knows its board as the simulator does", async () => {
        const { parsed, board } = await builtFirmware({ board: name })
        const words = boardFields(board).flatMap(([, value]) => value)
        const start = symbolValue(parsed, "cam_firmware_board")
        // Behind the two pointers to its name and version.
        const bytes = flashBytes(parsed, start + 8, 4 * words.length)
        const view = new DataView(bytes.slice().buffer)
        expect(
            words.map((_, index) => view.getUint32(4 * index, true))
        ).toEqual(words.map(word => word >>> 0))
    })

    it("has no heap of ours", async () => {
        const { parsed } = await builtFirmware({ board: name })
        const names = parsed.symbols.map(symbol => symbol.name)
        expect(names).toContain("cam_poll")
        for (const heap of [
            "malloc",
            "free",
            "calloc",
            "realloc",
            "_malloc_r",
            "_free_r",
            "_sbrk",
        ])
            expect(names).not.toContain(heap)
    })

    it("carries the default program in slot A, committed, for its own VM", async () => {
        const { parsed, board } = await builtFirmware({ board: name })
        const section = parsed.sections.find(
            candidate => candidate.name === ".slot_a"
        )!
        expect(section.address).toBe(board.slots[0]!.address)
        const slot = parseProgramSlot(section.content.slice())
        expect(slot.name).toBe("src/main.ts")
        expect(slot.vmId).toBe(VM_ID)
        expect(slot.sequence).toBe(1)
    })

    it("takes the place of a newer program in slot B, with every flash tool", async () => {
        const { parsed, board, bin } = await builtFirmware({ board: name })
        const [slotA, slotB] = board.slots
        const none = parsed.sections.find(
            candidate => candidate.name === ".slot_b"
        )!
        expect(none.address).toBe(slotB!.address)
        expect([...none.content]).toEqual([0, 0, 0, 0])

        // An update has left its program there; then the binary is written, whole sectors or just its bytes.
        const content = readFileSync(bin)
        for (const sectors of [true, false]) {
            const flash = new Uint8Array(board.flashBytes).fill(0xff)
            const newer = buildProgramSlot({
                image: Uint8Array.of(1, 2, 3, 4),
                request: {},
                sensor: "mt9v034",
                name: "newer.ts",
                sequence: 2,
            })
            const at = slotB!.address - FLASH_START
            flash.set(newer, at)
            expect(parseProgramSlot(flash.slice(at)).sequence).toBe(2)
            if (sectors) flash.fill(0xff, at, at + slotB!.bytes)
            flash.set(content)
            expect(() => parseProgramSlot(flash.slice(at))).toThrow(
                "its magic is 0x00000000"
            )
            expect(
                parseProgramSlot(flash.slice(slotA!.address - FLASH_START, at))
                    .name
            ).toBe("src/main.ts")
        }
    })

    it("has a budget that adds up to what the chip has", async () => {
        const firmware = await builtFirmware({ board: name })
        const report = makeBuildReport(firmware, DEFAULT_REQUESTS.mt9v034, [])
        for (const budget of [report.flash, report.ram]) {
            const sum = Object.values(budget.byOwner).reduce((a, b) => a + b, 0)
            expect(sum).toBe(budget.limit)
            expect(budget.used).toBe(budget.limit - budget.byOwner.free)
            expect(
                Math.min(...Object.values(budget.byOwner))
            ).toBeGreaterThanOrEqual(0)
        }
        expect(report.flash.limit).toBe(firmware.board.flashBytes)
        expect(report.stack.used).toBeLessThanOrEqual(
            report.ram.byOwner.nativeStack
        )
        expect(report.stack.vm.used).toBeLessThanOrEqual(
            report.ram.byOwner.vmNativeStack
        )
        expect(report.flash.byOwner.vm).toBeGreaterThan(100 * KB)
        expect(report.ram.nativeDataUsed).toBeGreaterThan(2 * KB)
    })
})

describe("the budgets that the project promises", () => {
    it("holds on nucleo-f446re: 256 KB of flash below the slots, 128 KB of RAM, a 220x220 frame, a GC heap of 24 KB", async () => {
        const firmware = await builtFirmware({ board: "nucleo-f446re" })
        const report = makeBuildReport(firmware, DEFAULT_REQUESTS.mt9v034, [])
        expect(report.flash.firmware.limit).toBe(256 * KB)
        expect(report.flash.firmware.bytes).toBeLessThanOrEqual(256 * KB)
        expect(report.ram.limit).toBe(128 * KB)
        expect(report.frames).toEqual({ buffers: 1, bytes: 220 * 220 })
        expect(report.ram.byOwner.gcHeap).toBeGreaterThanOrEqual(24 * KB)
        const side = report.largestTwoBufferSquare
        expect(side).toBeGreaterThanOrEqual(188)
        expect(side).toBeLessThanOrEqual(200)
        expect(2 * side * side).toBeLessThanOrEqual(report.ram.frameMemory)
        expect(2 * (side + 4) ** 2).toBeGreaterThan(report.ram.frameMemory)
    })

    it("holds on stm32f407ve: the VM in CCM, two 220x220 frames, a GC heap of 32 KB", async () => {
        const firmware = await builtFirmware({ board: "stm32f407ve" })
        const report = makeBuildReport(firmware, DEFAULT_REQUESTS.mt9v034, [])
        expect(report.frames).toEqual({ buffers: 2, bytes: 2 * 220 * 220 })
        expect(report.ram.byOwner.gcHeap).toBeGreaterThanOrEqual(32 * KB)
        for (const symbol of [
            "vm_data",
            "vm_stack",
            "vm_heap",
            "cam_vm_native_stack",
        ])
            expect(symbolValue(firmware.parsed, symbol) >>> 28).toBe(1)
        expect(symbolValue(firmware.parsed, "vm_heap_end")).toBeLessThanOrEqual(
            0x10010000
        )
    })

    it("puts the VM into SRAM when asked, and leaves CCM alone", async () => {
        const { parsed, board } = await builtFirmware({
            board: "stm32f407ve",
            vmRam: "sram",
        })
        const at = (symbol: string): number => symbolValue(parsed, symbol)
        expect(at("cam_native_stack")).toBe(0x20000000)
        expect(at("vm_heap_end")).toBe(0x20020000)
        expect(board.frameMemory.bytes).toBeGreaterThan(
            readBoard("stm32f407ve").frameMemory.bytes / 4
        )
        expect(at("cam_frame_memory_end")).toBe(at("cam_vm_native_stack"))
    })
})

describe("firmware with a program that calls kernels", () => {
    it("has them in slot A, linked for the end of the frames' memory", async () => {
        const app = join(projectRoot, "test/sim/kernel/programs/each-kind.ts")
        const { slot, board } = await buildFirmware({
            board: "nucleo-f446re",
            app,
        })
        const { kernels, image } = parseProgramSlot(readFileSync(slot))
        const { address, bytes } = board.frameMemory
        const table = new DataView(
            image.buffer,
            image.byteOffset + kernels!.offset - SLOT_IMAGE_OFFSET
        )

        expect(kernels!.memory + kernels!.memoryBytes).toBe(address + bytes)
        expect(kernels!.memoryBytes).toBe(4096)
        // All that a program can call, each with its name.
        expect(table.getUint32(0, true)).toBe(7)
        expect(Buffer.from(image).toString("latin1")).toContain(
            "test/sim/kernel/programs/pixels.kernel.ts, scaledMean()\0"
        )
    })
})
