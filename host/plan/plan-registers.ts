// SPDX-License-Identifier: MIT
// The registers that carry a plan: the sensor's window and timing, the DCMI's crop. Names are the manuals'.

import { readMode, windowRegisters } from "../../drivers/mt9v034/timing.ts"
import {
    geometryRegisters,
    reflected,
    solveGeometry,
} from "../../drivers/ov2640/geometry.ts"
import type { Ov2640Timing } from "../../drivers/ov2640/timing.ts"
import type { SensorName } from "../../protocol/names.ts"
import type { PlannedRegister } from "../../protocol/plan-report.ts"
import type { CapturePlan } from "../../src/plan/types.ts"

/** CLKRC: XVCLK is doubled before it is divided (OV2640 data sheet v1.6, sensor register 0x11). */
const CLKRC_DOUBLER = 0x80

/** List the registers whose content the plan decides. */
export function planRegisters(
    plan: CapturePlan,
    sensor: SensorName
): PlannedRegister[] {
    const values =
        sensor === "mt9v034" ? mt9v034Registers(plan) : ov2640Registers(plan)
    const listed = Object.entries(values).map(([name, value]) => ({
        part: sensor.toUpperCase(),
        name,
        value,
    }))
    if (!plan.crop) return listed
    return [
        ...listed,
        { part: "DCMI", name: "DCMI_CWSTRT", value: plan.cwstrt },
        { part: "DCMI", name: "DCMI_CWSIZE", value: plan.cwsize },
    ]
}

function mt9v034Registers(plan: CapturePlan): Record<string, number> {
    const window = windowRegisters(plan.sensorWindow)
    return {
        COLUMN_START: window.columnStart,
        ROW_START: window.rowStart,
        WINDOW_HEIGHT: window.windowHeight,
        WINDOW_WIDTH: window.windowWidth,
        HORIZONTAL_BLANKING: plan.timing.hblankPclk,
        VERTICAL_BLANKING: plan.timing.vblankRows,
        READ_MODE_A: readMode(plan.binning, plan.flip),
    }
}

function ov2640Registers(plan: CapturePlan): Record<string, number> {
    const geometry = solveGeometry({
        window: plan.sensorWindow,
        outputWidthPx: plan.busWidthPx,
        outputHeightPx: plan.busHeightPx,
    })
    const sent = reflected(geometry, plan.flip)
    const named = Object.entries(geometryRegisters(sent)).map(
        ([name, value]) => [name.toUpperCase(), value as number] as const
    )
    // What the OV2640's own solveTiming() returned.
    const timing = plan.timing as Ov2640Timing
    return {
        ...Object.fromEntries(named),
        CLKRC: (timing.doubler ? CLKRC_DOUBLER : 0) | (timing.divider - 1),
        FLL: timing.extraRows & 0xff,
        FLH: timing.extraRows >> 8,
        R_DVP_SP: timing.portDivider,
    }
}
