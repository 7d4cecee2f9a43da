// SPDX-License-Identifier: MIT
// firmware/slots on flash of paper: restarts, updates, power cuts.

import { crc32 } from "node:zlib"
import {
    FakeFlash,
    PowerCut,
    randomWords,
    type SlotsFlash,
} from "./fake-flash.ts"
import {
    compileFirmware,
    mcuMemory,
    SCRATCH,
    startFirmware,
    type FirmwareExports,
} from "./firmware-wasm.ts"

/** Sectors 6 and 7 of a part with 512 KB. */
export const AREAS = [
    { address: 0x08040000, bytes: 0x20000 },
    { address: 0x08060000, bytes: 0x20000 },
] as const
export const VM_ID = 0xb04267a5

/** Places in the scratch memory. */
const STATUS = SCRATCH
const ARGUMENT = SCRATCH + 0x100
const SLOT = SCRATCH + 0x400
const DATA = SCRATCH + 0x1000
const CHUNK_BYTES = 128

export interface Area {
    readonly address: number
    readonly bytes: number
}

export interface Status {
    readonly code: number
    readonly value: number
    readonly limit: number
}

export interface UpdateOptions {
    readonly name?: string
    readonly vmId?: number
    readonly crc?: number
    /** Words of cam_program_slot_kernels_t. */
    readonly kernels?: readonly number[]
}

export interface ChosenSlot {
    readonly index: number
    readonly address: number
    readonly sequence: number
    readonly name: string
    readonly image: Uint8Array
}

/** An image of `bytes` bytes, all different for each seed. */
export function imageOf(seed: number, bytes: number): Uint8Array {
    const next = randomWords(seed)
    return Uint8Array.from({ length: bytes }, () => next() & 0xff)
}

export class SlotsRig<Flash extends SlotsFlash = FakeFlash> {
    readonly memory = mcuMemory()
    readonly bytes = new Uint8Array(this.memory.buffer)
    readonly view = new DataView(this.memory.buffer)
    readonly flash: Flash
    exports!: FirmwareExports

    private constructor(
        private readonly module: WebAssembly.Module,
        readonly areas: readonly [Area, Area],
        makeFlash: (memory: Uint8Array) => Flash
    ) {
        this.flash = makeFlash(this.bytes)
        this.boot()
    }

    /** On flash of paper. */
    static async create(
        areas: readonly [Area, Area] = AREAS,
        flashBytes = 0x80000
    ): Promise<SlotsRig> {
        return SlotsRig.on(memory => new FakeFlash(memory, flashBytes), areas)
    }

    static async on<Flash extends SlotsFlash>(
        makeFlash: (memory: Uint8Array) => Flash,
        areas: readonly [Area, Area] = AREAS
    ): Promise<SlotsRig<Flash>> {
        return new SlotsRig(await compileFirmware(), areas, makeFlash)
    }

    /** Reset: RAM is new, flash stays. */
    boot(vmId = VM_ID): void {
        this.flash.restart()
        this.exports = startFirmware(this.module, this.memory, {
            read32: address => this.flash.read32(address),
            write32: (address, value) => this.flash.write32(address, value),
        })
        this.areas.forEach(({ address, bytes }, i) => {
            this.view.setUint32(ARGUMENT + 8 * i, address, true)
            this.view.setUint32(ARGUMENT + 8 * i + 4, bytes, true)
        })
        this.exports.cam_slots_init(ARGUMENT, vmId)
    }

    choose(): ChosenSlot | undefined {
        return this.exports.cam_slots_choose(SLOT) ? this.slot() : undefined
    }

    /** 0: valid, else why it is not. */
    check(index: number): number {
        return this.exports.cam_slots_check(index, SLOT)
    }

    reject(index: number): Status {
        if (this.check(index) !== 0) throw new Error("not a valid slot")
        return this.status(() => this.exports.cam_slots_reject(STATUS, SLOT))
    }

    begin(
        image: Uint8Array,
        {
            name = "main.ts",
            vmId = VM_ID,
            crc = crc32(image),
            kernels = [0, 0, 0],
        }: UpdateOptions = {}
    ): Status {
        const words = [image.length, crc, vmId]
        words.forEach((word, i) =>
            this.view.setUint32(ARGUMENT + 4 * i, word, true)
        )
        for (let i = 0; i < 18; i++)
            this.view.setUint32(ARGUMENT + 12 + 4 * i, 1000 + i, true)
        this.bytes.fill(0, ARGUMENT + 84, ARGUMENT + 148)
        this.bytes.set(new TextEncoder().encode(name), ARGUMENT + 84)
        kernels.forEach((word, i) =>
            this.view.setUint32(ARGUMENT + 148 + 4 * i, word, true)
        )
        return this.status(() => this.exports.cam_slots_begin(STATUS, ARGUMENT))
    }

    /** All sectors of the slot. */
    erase(): Status {
        for (;;) {
            const status = this.status(() =>
                this.exports.cam_slots_erase_step(STATUS, SLOT)
            )
            if (status.code !== 0 || this.bytes[SLOT] !== 0) return status
        }
    }

    write(offset: number, data: Uint8Array): Status {
        this.bytes.set(data, DATA)
        return this.status(() =>
            this.exports.cam_slots_write(STATUS, offset, DATA, data.length)
        )
    }

    commit(): Status {
        return this.status(() => this.exports.cam_slots_commit(STATUS, SLOT))
    }

    /** A whole update. @returns the first status that is not OK */
    update(image: Uint8Array, options: UpdateOptions = {}): Status {
        const steps = [
            () => this.begin(image, options),
            () => this.erase(),
            ...Array.from(
                { length: Math.ceil(image.length / CHUNK_BYTES) },
                (_, i) => () => {
                    const at = i * CHUNK_BYTES
                    return this.write(at, image.subarray(at, at + CHUNK_BYTES))
                }
            ),
            () => this.commit(),
        ]
        let status: Status = { code: 0, value: 0, limit: 0 }
        for (const step of steps) {
            status = step()
            if (status.code !== 0) return status
        }
        return status
    }

    /** An update during whose operation `cutAt` the power goes. @returns whether it did */
    cutUpdate(image: Uint8Array, cutAt: number, seed: number): boolean {
        return this.cut(cutAt, seed, () => this.update(image))
    }

    /** The power goes while slot `index` is rejected. @returns whether it did */
    cutReject(index: number, seed: number): boolean {
        return this.cut(0, seed, () => this.reject(index))
    }

    private cut(cutAt: number, seed: number, work: () => void): boolean {
        this.flash.cutDuring(cutAt, seed)
        try {
            work()
            return false
        } catch (error) {
            if (!(error instanceof PowerCut)) throw error
            return true
        }
    }

    /** What is in flash, for `restore`. */
    save(): Uint8Array {
        const { address, bytes } = this.areas[0]
        const last = this.areas[1]
        const end = Math.max(address + bytes, last.address + last.bytes)
        return this.bytes.slice(Math.min(address, last.address), end)
    }

    restore(saved: Uint8Array): void {
        this.bytes.set(
            saved,
            Math.min(this.areas[0].address, this.areas[1].address)
        )
    }

    status(call: () => void): Status {
        call()
        const at = (i: number): number =>
            this.view.getUint32(STATUS + 4 * i, true)
        return { code: at(0), value: at(1), limit: at(2) }
    }

    private slot(): ChosenSlot {
        const at = (i: number): number =>
            this.view.getUint32(SLOT + 4 * i, true)
        const name = this.bytes.subarray(at(4), at(4) + 64)
        return {
            index: at(0),
            address: at(1),
            sequence: at(2),
            name: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
            image: this.bytes.slice(at(5), at(5) + at(6)),
        }
    }
}
