// SPDX-License-Identifier: MIT
// Program slots: which one is chosen, and what an update leaves in flash.

import { crc32 } from "node:zlib"
import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { compileFirmware } from "../../support/firmware/slots/firmware-wasm.ts"
import {
    AREAS,
    imageOf,
    SlotsRig,
    VM_ID,
} from "../../support/firmware/slots/slots-rig.ts"

const OK = { code: 0, value: 0, limit: 0 }
/** cam_program_slot_verdict_t and cam_slots_code_t, typed again. */
const EMPTY = 1
const BAD_FORMAT = 2
const BAD_HEADER = 3
const OTHER_VM_SLOT = 4
const NOT_COMMITTED = 5
const REJECTED = 6
const BAD_IMAGE = 8
const OTHER_MEMORY = 9
const BAD_KERNELS = 10
const VERIFY = 0x44
const OTHER_KERNEL_MEMORY = 0x4e
const IMAGE_BYTES = 0x45
const OTHER_VM = 0x46
const NO_UPDATE = 0x47
const OFFSET = 0x48
const LENGTH = 0x49
const INCOMPLETE = 0x4a
const IMAGE_CRC = 0x4b
const LAST_VALID = 0x4c
const FLASH_ERROR = 0x43
const NOT_A_SECTOR = 0x40

const FIRST = imageOf(1, 1000)
const SECOND = imageOf(2, 1001)
const THIRD = imageOf(3, 4096)

let rig: SlotsRig

// The first to need it compiles the C code, on a busy machine.
beforeAll(async () => {
    await compileFirmware()
})

beforeEach(async () => {
    rig = await SlotsRig.create()
})

/** Both slots filled, after a restart. */
function fillBoth(): void {
    for (const image of [FIRST, SECOND]) {
        rig.choose()
        expect(rig.update(image)).toEqual(OK)
        rig.boot()
    }
}

describe("program slots", () => {
    it("choose nothing on an empty board, and say that both are empty", () => {
        expect(rig.choose()).toBeUndefined()
        expect([rig.check(0), rig.check(1)]).toEqual([EMPTY, EMPTY])
    })

    it("take the first program into the first slot, with its name and every byte", () => {
        rig.choose()
        expect(rig.update(SECOND, { name: "blink.ts" })).toEqual(OK)
        rig.boot()

        expect(rig.choose()).toEqual({
            index: 0,
            address: 0x08040000,
            sequence: 1,
            name: "blink.ts",
            image: SECOND,
        })
    })

    it("lay the header out as documented, the rest of the last word as erased", () => {
        rig.choose()
        rig.update(SECOND, { name: "blink.ts" })

        const at = (offset: number): number =>
            rig.view.getUint32(0x08040000 + offset, true)
        const covered = rig.bytes.subarray(0x08040000, 0x08040000 + 172)
        expect(at(0)).toBe(0x31505343)
        expect(at(4)).toBe(3)
        expect(at(8)).toBe(1)
        expect(at(12)).toBe(1001)
        expect(at(16)).toBe(crc32(SECOND))
        expect([at(20), at(20 + 68)]).toEqual([1000, 1017])
        expect(at(156)).toBe(VM_ID)
        expect([at(160), at(164), at(168)]).toEqual([0, 0, 0])
        expect(at(172)).toBe(crc32(covered))
        expect(at(176)).toBe(0x434d5401)
        expect(at(180)).toBe(0xffffffff)
        expect(at(0x1000 + 1000)).toBe((0xffffff00 | SECOND[1000]!) >>> 0)
    })

    it("are written alternately, and the newest runs", () => {
        fillBoth()
        expect(rig.choose()).toMatchObject({ index: 1, sequence: 2 })
        expect(rig.update(THIRD)).toEqual(OK)
        rig.boot()

        expect(rig.choose()).toMatchObject({
            index: 0,
            sequence: 3,
            image: THIRD,
        })
        expect(rig.check(1)).toBe(0)
    })

    it("keep the running slot through two updates without a restart", () => {
        fillBoth()
        const running = rig.choose()!
        rig.update(THIRD)
        rig.update(FIRST)

        expect(rig.check(running.index)).toBe(0)
        rig.boot()
        expect(rig.choose()).toMatchObject({ index: 0, image: FIRST })
    })

    it.each([0xffffffff, 0xfffffffe, 0x7fffffff, 0])(
        "compare sequences as serial numbers: after %i comes newer, also across 0",
        sequence => {
            fillBoth()
            setSequence(0, sequence)
            setSequence(1, (sequence + 1) >>> 0)
            expect(rig.choose()).toMatchObject({ index: 1 })
            setSequence(1, (sequence - 1) >>> 0)
            expect(rig.choose()).toMatchObject({ index: 0 })
            expect(rig.update(THIRD)).toEqual(OK)
            rig.boot()
            expect(rig.choose()).toMatchObject({
                index: 1,
                sequence: (sequence + 1) >>> 0,
            })
        }
    )

    function setSequence(index: 0 | 1, sequence: number): void {
        setWord(index, 8, sequence)
    }

    /** A valid header with another word, past the flash's rules. */
    function setWord(index: 0 | 1, at: number, value: number): void {
        const { address } = AREAS[index]
        rig.view.setUint32(address + at, value, true)
        const crc = crc32(rig.bytes.subarray(address, address + 172))
        rig.view.setUint32(address + 172, crc, true)
    }

    describe("with kernels", () => {
        const FRAMES = 0x20002000
        const FRAMES_BYTES = 0x10000
        const MEMORY = [0x2000e000, 0x4000] as const
        const OFFSET_OF_KERNELS = 0x1000 + 512
        /** What a call needs besides the kernels' own memory. */
        const CALL_BYTES = 1184 + 2048

        /** Table of two functions, 24 bytes of own memory that begins with 8. */
        function imageWith(words: readonly number[]): Uint8Array {
            const image = imageOf(5, 700)
            const view = new DataView(image.buffer)
            words.forEach((word, i) => view.setUint32(512 + 4 * i, word, true))
            return image
        }

        const GOOD = [2, 24, 64, 8] as const

        function updateWith(
            words: readonly number[],
            kernels: readonly number[] = [OFFSET_OF_KERNELS, ...MEMORY]
        ) {
            rig.exports.cam_slots_set_memory(FRAMES, FRAMES_BYTES)
            rig.choose()
            return rig.update(imageWith(words), { kernels })
        }

        it("are valid, also when these fill their memory", () => {
            expect(updateWith(GOOD)).toEqual(OK)
            expect(updateWith([2, MEMORY[1] - CALL_BYTES, 64, 8])).toEqual(OK)
        })

        it("are not valid for a firmware with its frames elsewhere", () => {
            updateWith(GOOD)
            rig.boot()
            expect(rig.check(0)).toBe(OTHER_MEMORY)
            rig.exports.cam_slots_set_memory(FRAMES, FRAMES_BYTES - 32)
            expect(rig.check(0)).toBe(OTHER_MEMORY)
            rig.exports.cam_slots_set_memory(FRAMES, FRAMES_BYTES)
            expect(rig.check(0)).toBe(0)
        })

        it.each([
            ["more functions than bytes", [9, 24, 64, 8]],
            ["a beginning behind the image", [2, 24, 189, 8]],
            ["a beginning that runs past the image", [2, 24, 184, 8]],
            ["a beginning larger than their memory", [2, 4, 64, 8]],
            ["no room for a call", [2, MEMORY[1] - CALL_BYTES + 1, 64, 8]],
            ["a size near 2^32", [2, 0xffffffff, 64, 8]],
        ])("are not valid with %s", (_, words) => {
            expect(updateWith(words)).toMatchObject({ code: VERIFY })
            expect(rig.check(0)).toBe(BAD_KERNELS)
            expect(rig.choose()).toBeUndefined()
        })

        it.each([
            ["at no word", OFFSET_OF_KERNELS + 2],
            ["in place of the program", 0x1000],
            ["in the header", 160],
            ["behind the image", 0x1000 + 700],
            ["cut by the image's end", 0x1000 + 696],
        ])("are not valid with their table %s", (_, offset) => {
            updateWith(GOOD, [offset, ...MEMORY])
            expect(rig.check(0)).toBe(BAD_KERNELS)
        })

        it.each([
            ["before the frames", [FRAMES - 32, 0x1000]],
            ["in place of all frames", [FRAMES, FRAMES_BYTES]],
            ["beyond the frames", [MEMORY[0], MEMORY[1] + 32]],
            ["round the end of addresses", [MEMORY[0], 0xffffffe0]],
            ["at no region's border", [MEMORY[0] + 16, 0x2000]],
        ])("are refused before the slot is touched: memory %s", (_, memory) => {
            fillBoth()
            const status = updateWith(GOOD, [OFFSET_OF_KERNELS, ...memory])
            expect(status).toEqual({
                code: OTHER_KERNEL_MEMORY,
                value: (memory[0]! + memory[1]!) >>> 0,
                limit: FRAMES + FRAMES_BYTES,
            })
            expect([rig.check(0), rig.check(1)]).toEqual([0, 0])
        })
    })

    it("pass over a slot with any single bit of header or image changed", () => {
        fillBoth()
        const { address } = AREAS[1]
        const places = [
            ...Array.from({ length: 184 }, (_, i) => i),
            0x1000,
            0x1000 + 500,
            0x1000 + 1000,
        ]
        const accepted: number[] = []
        for (const place of places) {
            for (const bit of [0, 3, 7]) {
                rig.bytes[address + place]! ^= 1 << bit
                if (rig.check(1) === 0) accepted.push(place)
                rig.bytes[address + place]! ^= 1 << bit
            }
        }
        expect(accepted).toEqual([])
        rig.bytes[address + 20]! ^= 1
        expect(rig.choose()).toMatchObject({ index: 0, image: FIRST })
        rig.bytes[address + 20]! ^= 1
        expect(rig.choose()).toMatchObject({ index: 1 })
    })

    it("pass over a newer program whose first word a flash tool has written 0; the next update replaces it", () => {
        fillBoth()
        expect(rig.choose()).toMatchObject({ index: 1, image: SECOND })
        rig.view.setUint32(AREAS[1].address, 0, true)

        rig.boot()
        expect(rig.check(1)).toBe(EMPTY)
        expect(rig.choose()).toMatchObject({ index: 0, image: FIRST })
        expect(rig.update(THIRD)).toEqual(OK)
        rig.boot()
        expect(rig.choose()).toMatchObject({ index: 1, image: THIRD })
    })

    it("say what is wrong with a slot", () => {
        const { address } = AREAS[1]
        fillBoth()
        const verdictWith = (offset: number, value: number): number => {
            const before = rig.view.getUint32(address + offset, true)
            rig.view.setUint32(address + offset, value, true)
            const verdict = rig.check(1)
            rig.view.setUint32(address + offset, before, true)
            return verdict
        }

        expect(verdictWith(4, 2)).toBe(BAD_FORMAT)
        expect(verdictWith(12, 1002)).toBe(BAD_HEADER)
        expect(verdictWith(176, 0xffffffff)).toBe(NOT_COMMITTED)
        expect(verdictWith(180, 0xfffffffe)).toBe(REJECTED)
        expect(verdictWith(0x1000, 0)).toBe(BAD_IMAGE)
        rig.boot(VM_ID + 1)
        expect(rig.check(1)).toBe(OTHER_VM_SLOT)
        expect(rig.choose()).toBeUndefined()
    })
})

describe("cam_slots_reject", () => {
    it("gives way to the other slot, also after a restart", () => {
        fillBoth()
        expect(rig.reject(1)).toEqual(OK)
        rig.boot()

        expect(rig.check(1)).toBe(REJECTED)
        expect(rig.choose()).toMatchObject({ index: 0, image: FIRST })
    })

    it("refuses the last valid program", () => {
        rig.choose()
        rig.update(FIRST)

        expect(rig.reject(0)).toEqual({
            code: LAST_VALID,
            value: 0x08040000,
            limit: 0,
        })
        expect(rig.check(0)).toBe(0)
    })

    it("lets the next update replace the rejected program", () => {
        fillBoth()
        rig.reject(1)
        rig.boot()
        rig.choose()
        expect(rig.update(THIRD)).toEqual(OK)
        rig.boot()

        expect(rig.choose()).toMatchObject({
            index: 1,
            sequence: 2,
            image: THIRD,
        })
    })
})

describe("an update", () => {
    it("refuses an image that does not fit, none, and one for another VM, before anything is erased", () => {
        fillBoth()
        rig.choose()
        const large = new Uint8Array(0x20000 - 0x1000 + 1)

        expect(rig.begin(large)).toEqual({
            code: IMAGE_BYTES,
            value: 0x1f001,
            limit: 0x1f000,
        })
        expect(rig.begin(new Uint8Array(0)).code).toBe(IMAGE_BYTES)
        expect(rig.begin(THIRD, { vmId: 5 })).toEqual({
            code: OTHER_VM,
            value: 5,
            limit: VM_ID,
        })
        expect(rig.erase().code).toBe(NO_UPDATE)
        expect(rig.check(0)).toBe(0)
        expect(rig.flash.operations).toEqual([])
    })

    it("takes bytes in order only, and no more than announced", () => {
        rig.choose()
        rig.begin(SECOND)
        expect(rig.write(0, SECOND.subarray(0, 4)).code).toBe(NO_UPDATE)
        rig.erase()

        expect(rig.write(4, SECOND.subarray(4, 8))).toEqual({
            code: OFFSET,
            value: 4,
            limit: 0,
        })
        expect(rig.write(0, SECOND.subarray(0, 6))).toMatchObject({
            code: LENGTH,
            value: 6,
        })
        expect(rig.write(0, SECOND.subarray(0, 1000))).toEqual(OK)
        expect(rig.commit()).toEqual({
            code: INCOMPLETE,
            value: 1000,
            limit: 1001,
        })
        expect(rig.write(1000, Uint8Array.of(1, 2))).toEqual({
            code: LENGTH,
            value: 2,
            limit: 1,
        })
        expect(rig.write(1000, SECOND.subarray(1000))).toEqual(OK)
        expect(rig.commit()).toEqual(OK)
    })

    it("is not committed when its CRC is another, and cannot be tried again without a new begin", () => {
        fillBoth()
        rig.choose()
        rig.begin(FIRST, { crc: 0x12345678 })
        rig.erase()
        rig.write(0, FIRST)

        expect(rig.commit()).toEqual({
            code: IMAGE_CRC,
            value: crc32(FIRST),
            limit: 0x12345678,
        })
        expect(rig.commit().code).toBe(NO_UPDATE)
        expect(rig.check(0)).toBe(EMPTY)
        expect(rig.choose()).toMatchObject({ index: 1 })
    })

    it("reports a protected sector with FLASH_SR's bits and its address", () => {
        rig.flash.protected.add(0x08040000)
        rig.choose()
        rig.begin(FIRST)

        expect(rig.erase()).toEqual({
            code: FLASH_ERROR,
            value: 1 << 4,
            limit: 0x08040000,
        })
    })

    it("erases slots of several sectors, small ones and those of the second bank", async () => {
        const other = await SlotsRig.create(
            [
                { address: 0x08008000, bytes: 0x18000 }, // sectors 2, 3 and 4
                { address: 0x08108000, bytes: 0x38000 }, // sectors 14, 15, 16, 17
            ],
            0x200000
        )
        other.choose()
        expect(other.update(FIRST)).toEqual(OK)
        const erases = other.flash.operations.filter(
            ({ kind }) => kind === "erase"
        )
        expect(erases.map(({ address }) => address)).toEqual([
            0x08008000, 0x0800c000, 0x08010000,
        ])
        other.boot()
        other.choose()
        expect(other.update(SECOND)).toEqual(OK)
        const more = other.flash.operations.filter(
            ({ kind }) => kind === "erase"
        )
        expect(more.map(({ address }) => address)).toEqual([
            0x08108000, 0x0810c000, 0x08110000, 0x08120000,
        ])
        other.boot()
        expect(other.choose()).toMatchObject({ index: 1, image: SECOND })
    })

    it("refuses a slot that starts inside a sector", async () => {
        const other = await SlotsRig.create([
            { address: 0x08048000, bytes: 0x18000 },
            { address: 0x08060000, bytes: 0x20000 },
        ])
        other.choose()
        other.begin(FIRST)

        expect(other.erase()).toEqual({
            code: NOT_A_SECTOR,
            value: 0x08048000,
            limit: 0x08060000,
        })
    })

    it("empties both caches while they are off, and puts ACR back", () => {
        rig.choose()
        rig.begin(FIRST)
        rig.erase()

        expect(rig.flash.acrWrites).toEqual([0x105, 0x1905, 0x105, 0x705])
    })
})
