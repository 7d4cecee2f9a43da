// SPDX-License-Identifier: MIT
// Flash on paper for tests of the slots: keys, sectors, words whose bits only fall, and a power cut that leaves the
// operation half done. Operations take no time. (The exact model is the simulator's.)

const FLASH = 0x08000000
const ACR = 0x40023c00
const KEYR = 0x40023c04
const SR = 0x40023c0c
const CR = 0x40023c10
const KEYS = [0x45670123, 0xcdef89ab]
const LOCK = 0x80000000
const STRT = 1 << 16
const SER = 1 << 1
const PG = 1 << 0
const WRITE_PROTECTED = 1 << 4
const SEQUENCE_ERROR = 1 << 7

/** Thrown by the operation during which the power goes. */
export class PowerCut extends Error {}

export interface FlashOperation {
    readonly kind: "erase" | "program"
    readonly address: number
}

/** A generator of 32-bit words (xorshift32), the same for the same seed. */
export function randomWords(seed: number): () => number {
    let state = (seed * 2654435761 + 1) >>> 0 || 1
    return () => {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        state >>>= 0
        return state
    }
}

/** What the slots' tests need of a flash. */
export interface SlotsFlash {
    /** Operations since `restart`. */
    readonly operationCount: number
    /** The power is back: the chip is reset, flash stays, no cut is planned. */
    restart(): void
    /** The power goes during this operation (0: the next one), which is left half done. */
    cutDuring(operation: number, seed: number): void
    read32(address: number): number
    write32(address: number, value: number): void
}

export class FakeFlash implements SlotsFlash {
    /** Operations that have begun since `restart`. */
    readonly operations: FlashOperation[] = []
    /** Sectors whose erase and words fail with WRPERR. */
    protected = new Set<number>()
    acrWrites: number[] = []
    private cutAt = Infinity
    private random = randomWords(1)
    private locked = true
    private keys = 0
    private cr = 0
    private sr = 0
    private acr = 0x705
    private readonly view: DataView

    constructor(
        private readonly memory: Uint8Array,
        readonly bytes: number
    ) {
        this.view = new DataView(memory.buffer)
        memory.fill(0xff, FLASH, FLASH + bytes)
    }

    get operationCount(): number {
        return this.operations.length
    }

    restart(): void {
        this.operations.length = 0
        this.cutAt = Infinity
        this.locked = true
        this.keys = 0
        this.cr = 0
        this.sr = 0
    }

    cutDuring(operation: number, seed: number): void {
        this.cutAt = this.operations.length + operation
        this.random = randomWords(seed)
    }

    read32(address: number): number {
        if (address === SR) return this.sr
        if (address === CR) return (this.cr | (this.locked ? LOCK : 0)) >>> 0
        if (address === ACR) return this.acr
        throw new Error(`no register at 0x${address.toString(16)}`)
    }

    write32(address: number, value: number): void {
        if (address === KEYR) this.takeKey(value)
        else if (address === SR) this.sr &= ~value
        else if (address === CR) this.control(value)
        else if (address === ACR) {
            this.acr = value
            this.acrWrites.push(value)
        } else this.program(address, value)
    }

    private takeKey(value: number): void {
        if (!this.locked) throw new Error("a key while FLASH_CR is unlocked")
        if (value !== KEYS[this.keys]) throw new Error("a wrong key")
        this.keys = (this.keys + 1) % 2
        if (this.keys === 0) this.locked = false
    }

    private control(value: number): void {
        if (this.locked) throw new Error("a write to FLASH_CR while locked")
        if (value & LOCK) {
            this.locked = true
            this.cr = 0
            return
        }
        this.cr = value & ~STRT
        if ((value & STRT) === 0) return
        if ((value & SER) === 0 || (value & PG) !== 0)
            throw new Error("STRT without SER, or with PG")
        this.erase((value >>> 3) & 0x1f)
    }

    private erase(code: number): void {
        const { address, bytes } = sectorOf(code)
        if (address + bytes > FLASH + this.bytes)
            throw new Error(`no sector of code ${code}`)
        if (this.protected.has(address)) {
            this.sr |= WRITE_PROTECTED
            return
        }
        const cut = this.begin({ kind: "erase", address })
        if (!cut) {
            this.memory.fill(0xff, address, address + bytes)
            return
        }
        // Any bits may have risen already.
        for (let at = address; at < address + bytes; at += 4)
            this.view.setUint32(
                at,
                this.view.getUint32(at, true) | this.random(),
                true
            )
        throw new PowerCut()
    }

    private program(address: number, value: number): void {
        const inFlash = address >= FLASH && address < FLASH + this.bytes
        if (!inFlash || (address & 3) !== 0)
            throw new Error(`a write at 0x${address.toString(16)}`)
        if (this.locked || (this.cr & PG) === 0) {
            this.sr |= SEQUENCE_ERROR
            return
        }
        if (((this.cr >>> 8) & 3) !== 2) throw new Error("PSIZE is not x32")
        const before = this.view.getUint32(address, true)
        const cut = this.begin({ kind: "program", address })
        // Any of the bits that are to fall may have fallen.
        const kept = cut ? value | this.random() : value
        this.view.setUint32(address, before & kept, true)
        if (cut) throw new PowerCut()
    }

    /** @returns whether the power goes during it */
    private begin(operation: FlashOperation): boolean {
        this.operations.push(operation)
        return this.operations.length - 1 === this.cutAt
    }
}

/** RM0090 tables 5 and 6, by the code in SNB. */
function sectorOf(code: number): { address: number; bytes: number } {
    const bank = code >= 0x10 ? FLASH + 0x100000 : FLASH
    const n = code & 0xf
    if (n < 4) return { address: bank + n * 0x4000, bytes: 0x4000 }
    if (n === 4) return { address: bank + 0x10000, bytes: 0x10000 }
    return { address: bank + (n - 4) * 0x20000, bytes: 0x20000 }
}
