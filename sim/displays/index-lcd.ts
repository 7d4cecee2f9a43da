// SPDX-License-Identifier: MIT
// LCD controllers with an index register and registers of 16 bits, 240x320 pixels: ILI9325 (data sheet V0.43, §8) and
// SSD1289 (data sheet 1.3, §15). A command is an index; register 0x22 is the memory.
// Not modelled: scrolling, gamma, colours of 18 bits, an 8-bit bus, times on the bus but those of the strobes.

import type { StrobeNs } from "../wires/select-bus.ts"
import { GraphicsMemory, rgb565Of, rgbOf565 } from "./graphics-memory.ts"
import type {
    FilledWindow,
    LcdController,
    LcdImage,
    UnmodelledCommand,
} from "./lcd-controller.ts"

const WIDTH_PX = 240
const HEIGHT_PX = 320

/** Where the two parts have what. */
export interface IndexLcdKind {
    readonly name: string
    /** What register 0 reads. */
    readonly id: number
    readonly entryMode: number
    /** Entry mode after reset. */
    readonly entryModeReset: number
    readonly addressX: number
    readonly addressY: number
    /** One register with the start in its low byte and the end above, or two. */
    readonly windowX: readonly [number] | readonly [number, number]
    readonly windowY: readonly [number, number]
    readonly powerControl: number
    /** In the power control register. */
    readonly sleepBit: number
    readonly strobeMinNs: StrobeNs
}

export const ILI9325: IndexLcdKind = {
    name: "ILI9325",
    id: 0x9325,
    entryMode: 0x03,
    entryModeReset: 0x0030,
    addressX: 0x20,
    addressY: 0x21,
    windowX: [0x50, 0x51],
    windowY: [0x52, 0x53],
    powerControl: 0x10,
    sleepBit: 1 << 1,
    strobeMinNs: { write: 50, read: 150 },
}

export const SSD1289: IndexLcdKind = {
    name: "SSD1289",
    id: 0x8989,
    entryMode: 0x11,
    entryModeReset: 0x6830,
    addressX: 0x4e,
    addressY: 0x4f,
    windowX: [0x44],
    windowY: [0x45, 0x46],
    powerControl: 0x10,
    sleepBit: 1 << 0,
    strobeMinNs: { write: 50, read: 500 },
}

const DISPLAY_CONTROL = 0x07
const GRAM = 0x22

const ENTRY_AM = 1 << 3
const ENTRY_ID0 = 1 << 4
const ENTRY_ID1 = 1 << 5
/** D1:0 of display control: both are 1. */
const DISPLAY_ON = 3

export class IndexLcd implements LcdController {
    readonly name: string
    readonly strobeMinNs: StrobeNs
    private readonly gram = new GraphicsMemory(WIDTH_PX, HEIGHT_PX)
    private readonly registers = new Map<number, number>()
    private readonly ignored = new Map<number, number>()
    private index = 0
    private dummyRead = false

    constructor(private readonly kind: IndexLcdKind) {
        this.name = kind.name
        this.strobeMinNs = kind.strobeMinNs
        this.reset()
    }

    get pixels(): number {
        return this.gram.pixels
    }

    get on(): boolean {
        const { powerControl, sleepBit } = this.kind
        return (
            (this.register(DISPLAY_CONTROL) & DISPLAY_ON) === DISPLAY_ON &&
            (this.register(powerControl) & sleepBit) === 0
        )
    }

    /** The memory keeps its content. */
    reset(): void {
        this.index = 0
        this.registers.clear()
        this.gram.reset()
        this.writeEntryMode(this.kind.entryModeReset)
    }

    writeCommand(value: number): void {
        this.index = value
        this.dummyRead = value === GRAM
    }

    writeData(value: number): void {
        const { index, kind, gram, registers } = this
        if (index === GRAM) return gram.write(rgbOf565(value))
        registers.set(index, value)
        if (index === kind.entryMode) return this.writeEntryMode(value)
        if (index === kind.addressX || index === kind.addressY)
            return gram.moveTo(
                this.register(kind.addressX) & 0xff,
                this.register(kind.addressY) & 0x1ff
            )
        if (this.writeWindow(index, value)) return
        if (index !== DISPLAY_CONTROL && index !== kind.powerControl)
            this.ignored.set(index, (this.ignored.get(index) ?? 0) + 1)
    }

    readCommand(): number {
        return 0
    }

    readData(): number {
        const { index, kind } = this
        if (index === 0) return kind.id
        if (index !== GRAM) return this.register(index)
        const dummy = this.dummyRead
        this.dummyRead = false
        return dummy ? 0 : rgb565Of(this.gram.read())
    }

    filledWindows(): readonly FilledWindow[] {
        return this.gram.filledWindows()
    }

    unmodelled(): readonly UnmodelledCommand[] {
        return [...this.ignored].map(([command, count]) => ({ command, count }))
    }

    image(): LcdImage {
        return this.gram.image()
    }

    private register(index: number): number {
        return this.registers.get(index) ?? 0
    }

    private writeEntryMode(value: number): void {
        const { gram } = this
        gram.columnsFirst = (value & ENTRY_AM) !== 0
        gram.stepX = (value & ENTRY_ID0) !== 0 ? 1 : -1
        gram.stepY = (value & ENTRY_ID1) !== 0 ? 1 : -1
    }

    private writeWindow(index: number, value: number): boolean {
        const { window } = this.gram
        const { windowX, windowY } = this.kind
        if (windowX.length === 1 && index === windowX[0]) {
            window.left = value & 0xff
            window.right = value >> 8
        } else if (index === windowX[0]) window.left = value
        else if (index === windowX[1]) window.right = value
        else if (index === windowY[0]) window.top = value
        else if (index === windowY[1]) window.bottom = value
        else return false
        return true
    }
}
