// SPDX-License-Identifier: MIT
// What a self-test found, and the names of the parts that it is about.

import type { BoardFile, DcmiSignal } from "../../../../boards/board-file.ts"

/** What can be found. Names of faults are those of `--faults`, where they are the same. */
export type FindingName =
    | "i2c-sda-low"
    | "i2c-stretch"
    | "i2c-nack"
    | "i2c-wrong-value"
    | "sensor-absent"
    | "sensor-address"
    | "sensor-wrong-chip"
    | "sensor-reset"
    | "sensor-error"
    | "pixclk-stopped"
    | "pixclk-edge"
    | "pixclk-rate"
    | "pixclk-lost"
    | "pixclk-added"
    | "xclk-rate"
    | "hsync-lost"
    | "hsync-polarity"
    | "vsync-stuck"
    | "vsync-polarity"
    | "frames-lost"
    | "row-lost"
    | "row-doubled"
    | "data-stuck"
    | "data-swapped"
    | "data-shorted"
    | "data-wrong"

/** One thing that is wrong. */
export interface Finding {
    readonly name: FindingName
    /** What it is about: "D3", "D2, D5", "SDA". */
    readonly part: string
    /** What was seen, and what to check, in words. */
    readonly detail: string
}

type SignalName = "XCLK" | "RESET" | "STANDBY" | "SCL" | "SDA" | DcmiSignal

/** Pins of the sensors, as their data sheets call them; data lines are below. */
const SENSOR_PINS: Readonly<
    Record<BoardFile["sensor"]["name"], Readonly<Record<string, string>>>
> = {
    mt9v034: {
        XCLK: "SYSCLK",
        RESET: "RESET_BAR",
        STANDBY: "STANDBY",
        SCL: "SCLK",
        SDA: "SDATA",
        PIXCLK: "PIXCLK",
        HSYNC: "LINE_VALID",
        VSYNC: "FRAME_VALID",
    },
    ov2640: {
        XCLK: "XVCLK",
        RESET: "RESETB",
        STANDBY: "PWDN",
        SCL: "SIO_C",
        SDA: "SIO_D",
        PIXCLK: "PCLK",
        HSYNC: "HREF",
        VSYNC: "VSYNC",
    },
}

/** Names of a board's and a sensor's ends of each wire. */
export class Wiring {
    constructor(private readonly board: BoardFile) {}

    /** The chip's pin: "PC9". */
    chipPin(signal: SignalName): string {
        const { i2c, dcmi, resetPin, standbyPin } = this.board.sensor
        switch (signal) {
            case "SCL":
                return i2c.scl.pin
            case "SDA":
                return i2c.sda.pin
            case "RESET":
                return resetPin ?? "no pin"
            case "STANDBY":
                return standbyPin ?? "no pin"
            case "XCLK":
                return "the clock's source"
            default:
                return dcmi[signal].pin
        }
    }

    /** The sensor's pin: "DOUT5". Of its ten data lines the upper eight are wired. */
    sensorPin(signal: SignalName): string {
        const { name } = this.board.sensor
        const data = /^D(\d)$/.exec(signal)
        if (data)
            return `${name === "ov2640" ? "Y" : "DOUT"}${Number(data[1]) + 2}`
        return SENSOR_PINS[name][signal] ?? signal
    }

    /** "D3 (PC9 of the board, DOUT5 of the MT9V034)". */
    wire(signal: SignalName): string {
        return `${signal} (${this.chipPin(signal)} of the board, ${this.sensorPin(signal)} of the ${this.sensor})`
    }

    /** "MT9V034". */
    get sensor(): string {
        return this.board.sensor.name.toUpperCase()
    }
}

/** Name of data line `line`. */
export function dataLine(line: number): DcmiSignal {
    return `D${line}` as DcmiSignal
}
