// SPDX-License-Identifier: MIT
// An asynchronous parallel bus with chip selects (8080 or SRAM type), as its devices see it.

/** Which way an access goes, seen from the chip. */
export type Access = "read" | "write"

/** A time of the write strobe and of the read strobe, ns. */
export type StrobeNs = Readonly<Record<Access, number>>

/** A device at one chip select. */
export interface SelectedDevice {
    readonly name: string
    /** Address lines that reach the device, as bits of A25:0; 0 as long as nobody knows. */
    readonly addressLines: number
    /** Shortest time for which its strobe must be low, by its data sheet, ns. */
    readonly strobeMinNs: StrobeNs
    /**
     * The device takes what is on the data lines.
     * @param lines levels of A25:0
     * @param width data lines, 8 or 16
     */
    write(lines: number, value: number, width: number): void
    /** @returns what the device drives */
    read(lines: number, width: number): number
}
