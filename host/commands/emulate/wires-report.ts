// SPDX-License-Identifier: MIT
// What the sensor sends, and what the DCMI is set to take: side by side, so that a difference shows.

import type { Rectangle } from "../../../protocol/capture.ts"
import type { ForeignRun } from "../../../sim/foreign/foreign-run.ts"
import type { ClockEdge, Level } from "../../../sim/wires/parallel-bus.ts"
import {
    DcmiCr,
    DcmiCwsize,
    DcmiCwstrt,
    DcmiRegister,
} from "../../../sim/stm32/dcmi/dcmi-registers.ts"

type LevelName = "high" | "low"

/** The frame that the sensor sent last. */
export interface SentReport {
    /** Pixels of a line and lines; of a JPEG those of its image. */
    readonly columns: number
    readonly rows: number
    readonly format: string
    readonly window: Rectangle
    /** By the starts of the last two frames; null with fewer. */
    readonly fps: number | null
    readonly pixclkHz: number
    /** Levels of the pins while pixels come, and the edge of PIXCLK at which they are stable. */
    readonly hsync: LevelName
    readonly vsync: LevelName
    readonly stableEdge: ClockEdge
}

/** The DCMI's registers at the end. */
export interface DcmiReport {
    readonly enabled: boolean
    readonly mode: "continuous" | "snapshot"
    readonly jpeg: boolean
    /** Levels at which it takes pixels, and the edge at which it samples them. */
    readonly hsync: LevelName
    readonly vsync: LevelName
    readonly sampledEdge: ClockEdge
    /** Pixel clocks of a line and lines; null: it crops nothing. */
    readonly crop: Rectangle | null
}

/** Null: no pixels came. */
export function sentReport({ bus, watch }: ForeignRun): SentReport | null {
    const { seen } = bus
    const { lastSent, previousSent } = watch
    if (seen === undefined || lastSent === undefined) return null
    const fps =
        previousSent === undefined
            ? null
            : 1e9 / (lastSent.startNs - previousSent.startNs)
    const { columns, rows, format = "gray8", window } = lastSent
    return {
        ...{ columns, rows, format, window },
        fps: fps === null ? null : Number(fps.toFixed(3)),
        pixclkHz: Math.round(seen.pixclkHz),
        hsync: levelName(seen.hsync),
        vsync: levelName(seen.vsync),
        stableEdge: seen.stableEdge,
    }
}

export function dcmiReport({ chip: { dcmi } }: ForeignRun): DcmiReport {
    const cr = dcmi.readUint32(DcmiRegister.CR)
    const cwstrt = dcmi.readUint32(DcmiRegister.CWSTRT)
    const cwsize = dcmi.readUint32(DcmiRegister.CWSIZE)
    return {
        enabled: (cr & DcmiCr.ENABLE) !== 0,
        mode: (cr & DcmiCr.CM) !== 0 ? "snapshot" : "continuous",
        jpeg: (cr & DcmiCr.JPEG) !== 0,
        // HSPOL and VSPOL are the levels without data.
        hsync: levelName((cr & DcmiCr.HSPOL) !== 0 ? 0 : 1),
        vsync: levelName((cr & DcmiCr.VSPOL) !== 0 ? 0 : 1),
        sampledEdge: (cr & DcmiCr.PCKPOL) !== 0 ? "rising" : "falling",
        crop:
            (cr & DcmiCr.CROP) === 0
                ? null
                : {
                      x: cwstrt & DcmiCwstrt.HOFFCNT,
                      y: (cwstrt & DcmiCwstrt.VST) >>> 16,
                      width: (cwsize & DcmiCwsize.CAPCNT) + 1,
                      height: ((cwsize & DcmiCwsize.VLINE) >>> 16) + 1,
                  },
    }
}

/** What a person reads. */
export function wiresLines(
    sent: SentReport | null,
    dcmi: DcmiReport
): string[] {
    const taken = `  DCMI takes    ${dcmiText(dcmi, sent)}`
    if (sent === null) return ["  sensor sends  nothing", taken]
    const { columns, rows, format, window, fps, pixclkHz } = sent
    const rate = fps === null ? "" : `, ${fps} per second`
    const field =
        window.width === columns && window.height === rows
            ? ` at ${window.x},${window.y}`
            : ` of ${window.width}x${window.height} at ${window.x},${window.y}`
    return [
        `  sensor sends  ${columns}x${rows} ${format}${field}${rate}; PIXCLK ${megahertz(pixclkHz)}, stable at its ${sent.stableEdge} edge; HSYNC ${sent.hsync} and VSYNC ${sent.vsync} with pixels`,
        taken,
    ]
}

function dcmiText(dcmi: DcmiReport, sent: SentReport | null): string {
    const { crop, jpeg, mode, enabled } = dcmi
    const differs = (
        name: "HSYNC" | "VSYNC",
        ours: LevelName,
        theirs: LevelName | undefined
    ): string =>
        `${name} ${ours}${theirs !== undefined && theirs !== ours ? " (the sensor: the other)" : ""}`
    return [
        `${mode}${jpeg ? ", JPEG" : ""}${enabled ? "" : ", not enabled at the end"}`,
        `samples at the ${dcmi.sampledEdge} edge`,
        `pixels with ${differs("HSYNC", dcmi.hsync, sent?.hsync)} and ${differs("VSYNC", dcmi.vsync, sent?.vsync)}`,
        crop === null
            ? "no crop"
            : `crop ${crop.width}x${crop.height} at ${crop.x},${crop.y} (pixel clocks, lines)`,
    ].join("; ")
}

export function megahertz(hz: number): string {
    return `${Number((hz / 1e6).toFixed(3))} MHz`
}

function levelName(level: Level): LevelName {
    return level === 1 ? "high" : "low"
}
