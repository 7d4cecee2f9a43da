// SPDX-License-Identifier: MIT
// What all LCD controllers have in common, as their bus and the report see them.

import type { StrobeNs } from "../wires/select-bus.ts"

/** What a controller shows, as a PNG encoder wants it. */
export interface LcdImage {
    readonly widthPx: number
    readonly heightPx: number
    /** Three bytes per pixel, top row first. */
    readonly rgb: Uint8Array
}

/** A command or register that the model takes and does nothing for. */
export interface UnmodelledCommand {
    readonly command: number
    readonly count: number
}

/** Windows of one size that pixels have filled from the first to the last. */
export interface FilledWindow {
    readonly widthPx: number
    readonly heightPx: number
    readonly count: number
}

/** An LCD controller on an 8080 bus, whose one line says whether an access is a command or data. */
export interface LcdController {
    /** Name of the part. */
    readonly name: string
    /** Shortest low times of its write and read strobes, ns; a read of its registers, not of its memory. */
    readonly strobeMinNs: StrobeNs
    /** Pixels written, not those read. */
    readonly pixels: number
    /** The display is on and awake: somebody in front of it sees the image. */
    readonly on: boolean
    /** Reset by its pin, as with the supply. */
    reset(): void
    /** @param width data lines, 8 or 16 */
    writeCommand(value: number, width: number): void
    writeData(value: number, width: number): void
    readCommand(width: number): number
    readData(width: number): number
    filledWindows(): readonly FilledWindow[]
    unmodelled(): readonly UnmodelledCommand[]
    /** In the order in which the program writes it, first pixel top left: the way in which its glass is held. */
    image(): LcdImage
}
