// SPDX-License-Identifier: MIT
// ILI9341: LCD controller with a memory of 240x320 pixels (data sheet V1.11: §8 commands, pixel formats of the 8080 bus).
// Not modelled: scrolling, partial mode, gamma, brightness, RGB and VSYNC interfaces, MDT other than 0, times on the bus but those of the strobes.

import type { StrobeNs } from "../wires/select-bus.ts"
import { GraphicsMemory, rgbOf565 } from "./graphics-memory.ts"
import type {
    FilledWindow,
    LcdController,
    LcdImage,
    UnmodelledCommand,
} from "./lcd-controller.ts"

const WIDTH_PX = 240
const HEIGHT_PX = 320

enum Command {
    NOP = 0x00,
    SWRESET = 0x01,
    RDDIDIF = 0x04,
    RDDPM = 0x0a,
    RDDMADCTL = 0x0b,
    RDDCOLMOD = 0x0c,
    SLPIN = 0x10,
    SLPOUT = 0x11,
    NORON = 0x13,
    DINVOFF = 0x20,
    DINVON = 0x21,
    DISPOFF = 0x28,
    DISPON = 0x29,
    CASET = 0x2a,
    PASET = 0x2b,
    RAMWR = 0x2c,
    RAMRD = 0x2e,
    MADCTL = 0x36,
    PIXSET = 0x3a,
    RAMWRC = 0x3c,
    RAMRDC = 0x3e,
    RDID1 = 0xda,
    RDID2 = 0xdb,
    RDID3 = 0xdc,
    RDID4 = 0xd3,
}

const MADCTL_MY = 1 << 7
const MADCTL_MX = 1 << 6
const MADCTL_MV = 1 << 5

/** PIXSET, DBI in bits 2:0. */
const DBI_16_BITS = 5
const PIXSET_RESET = 0x66

/** RDDPM: booster and sleep out together, normal mode, display. */
const PM_AWAKE = 0x90
const PM_NORMAL = 0x08
const PM_ON = 0x04

/** t_wrl, t_rdl (ID) of the 8080 bus (AC characteristics). */
const STROBE_MIN_NS: StrobeNs = { write: 15, read: 45 }

/** 0x00, 0x93, 0x41. */
const ID4 = [0x00, 0x93, 0x41]

export class Ili9341 implements LcdController {
    readonly name = "ILI9341"
    readonly strobeMinNs = STROBE_MIN_NS
    private readonly gram = new GraphicsMemory(WIDTH_PX, HEIGHT_PX)
    private readonly ignored = new Map<number, number>()
    private command: number = Command.NOP
    private parameters: number[] = []
    /** Bytes of the pixel that is being written. */
    private pixelBytes: number[] = []
    /** What reads give after the dummy read; taken from the front. */
    private answer: number[] = []
    private awake = false
    private displayOn = false
    private madctl = 0
    private pixset = PIXSET_RESET

    get pixels(): number {
        return this.gram.pixels
    }

    get on(): boolean {
        return this.awake && this.displayOn
    }

    /** The memory keeps its content (§8.2.2). */
    reset(): void {
        this.awake = this.displayOn = false
        this.madctl = 0
        this.pixset = PIXSET_RESET
        this.gram.reset()
        this.begin(Command.NOP)
    }

    writeCommand(value: number): void {
        const command = value & 0xff
        this.begin(command)
        switch (command) {
            case Command.SWRESET:
                return this.reset()
            case Command.SLPIN:
            case Command.SLPOUT:
                this.awake = command === Command.SLPOUT
                return
            case Command.DISPOFF:
            case Command.DISPON:
                this.displayOn = command === Command.DISPON
                return
            case Command.RAMWR:
            case Command.RAMRD:
                return this.gram.home()
        }
        if (Command[command] === undefined || isInversion(command))
            this.ignored.set(command, (this.ignored.get(command) ?? 0) + 1)
    }

    writeData(value: number, width: number): void {
        if (this.command === Command.RAMWR || this.command === Command.RAMWRC)
            return this.writePixel(value, width)
        this.parameters.push(value & 0xff)
        this.apply()
    }

    /** Nothing is driven for a read with D/CX low. */
    readCommand(): number {
        return 0
    }

    readData(width: number): number {
        if (this.command === Command.RAMRD || this.command === Command.RAMRDC)
            return this.readMemory(width)
        return this.answer.shift() ?? 0
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

    private begin(command: number): void {
        this.command = command
        this.parameters = []
        this.pixelBytes = []
        this.answer = [0, ...this.answerTo(command)]
    }

    private answerTo(command: number): number[] {
        switch (command) {
            case Command.RDDPM:
                return [this.powerMode()]
            case Command.RDDMADCTL:
                return [this.madctl]
            case Command.RDDCOLMOD:
                return [this.pixset]
            case Command.RDID4:
                return ID4
            default:
                // The identification bytes are blank until a module's maker writes them.
                return []
        }
    }

    private powerMode(): number {
        return (
            (this.awake ? PM_AWAKE : 0) |
            PM_NORMAL |
            (this.displayOn ? PM_ON : 0)
        )
    }

    private apply(): void {
        const { gram, parameters: given } = this
        switch (this.command) {
            case Command.CASET:
                if (given.length === 4) {
                    gram.window.left = (given[0]! << 8) | given[1]!
                    gram.window.right = (given[2]! << 8) | given[3]!
                }
                return
            case Command.PASET:
                if (given.length === 4) {
                    gram.window.top = (given[0]! << 8) | given[1]!
                    gram.window.bottom = (given[2]! << 8) | given[3]!
                }
                return
            case Command.MADCTL:
                return this.writeMadctl(given[0]!)
            case Command.PIXSET:
                this.pixset = given[0]!
        }
    }

    /** BGR says which filter the glass has, so that its colours are right: it changes no image. */
    private writeMadctl(value: number): void {
        this.madctl = value
        this.gram.orientation = {
            mirrorRows: (value & MADCTL_MY) !== 0,
            mirrorColumns: (value & MADCTL_MX) !== 0,
            exchange: (value & MADCTL_MV) !== 0,
        }
    }

    /** A transfer brings its bytes from the left; a pixel has two, or three with six bits each. */
    private writePixel(value: number, width: number): void {
        const { gram, pixelBytes } = this
        const short = (this.pixset & 7) === DBI_16_BITS
        if (short && width > 8) return gram.write(rgbOf565(value))
        if (width > 8) pixelBytes.push(value >> 8)
        pixelBytes.push(value & 0xff)
        const needed = short ? 2 : 3
        if (pixelBytes.length < needed) return
        const [a, b, c] = pixelBytes.splice(0, needed)
        gram.write(short ? rgbOf565((a! << 8) | b!) : rgbOf666(a!, b!, c!))
    }

    /** §8.2.24: a dummy read, then always three bytes per pixel with six bits each. */
    private readMemory(width: number): number {
        const bytes = this.answer
        const dummy = this.parameters.length === 0
        this.parameters = [1]
        if (dummy) {
            this.answer = []
            return 0
        }
        while (bytes.length < width / 8) {
            const pixel = this.gram.read()
            for (const shift of [16, 8, 0]) bytes.push((pixel >> shift) & 0xfc)
        }
        const first = bytes.shift()!
        return width > 8 ? (first << 8) | bytes.shift()! : first
    }
}

function isInversion(command: number): boolean {
    return command === Command.DINVOFF || command === Command.DINVON
}

function rgbOf666(red: number, green: number, blue: number): number {
    const eight = (six: number): number => (six & 0xfc) | (six >> 6)
    return (eight(red) << 16) | (eight(green) << 8) | eight(blue)
}
