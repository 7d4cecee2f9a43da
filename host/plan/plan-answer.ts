// SPDX-License-Identifier: MIT
// "Which stage should crop?", in one sentence with numbers.

import type { SensorLimits } from "../../drivers/sensor-limits.ts"
import type { StrategyName } from "../../protocol/names.ts"
import type {
    ImpossibleStrategy,
    PlannedStrategy,
} from "../../protocol/plan-report.ts"

const WHO_SHOULD: Readonly<Record<StrategyName, string>> = {
    auto: "The planner chooses",
    line: "The CPU should crop, row by row",
    "dcmi-crop": "The DCMI should crop",
    "sensor-window": "The sensor should crop",
    "rows+crop": "The sensor should drop the rows, the DCMI the columns",
    jpeg: "No stage should crop, the sensor compresses",
}

const BY_WHOM: Readonly<Record<StrategyName, string>> = {
    auto: "(planner)",
    line: "(CPU)",
    "dcmi-crop": "(DCMI)",
    "sensor-window": "(sensor)",
    "rows+crop": "(sensor and DCMI)",
    jpeg: "(JPEG)",
}

/**
 * Answer in numbers.
 * @param best what the planner takes of its own accord, or why it cannot and what could be
 */
export function planAnswer(
    strategies: readonly (PlannedStrategy | ImpossibleStrategy)[],
    best:
        | { readonly strategy: StrategyName }
        | { readonly problem: string; readonly hint?: string | undefined },
    field: Pick<SensorLimits, "widthPx" | "heightPx">
): string {
    if ("problem" in best)
        return `No stage can: ${[best.problem, best.hint].filter(text => text !== undefined).join("; ")}.`
    const possible = strategies.filter(strategy => strategy.ok)
    const taken = possible.find(({ name }) => name === best.strategy)!
    const { width, height } = taken.window
    if (
        taken.name !== "jpeg" &&
        width === field.widthPx &&
        height === field.heightPx
    )
        return `Nothing is to be cropped: ${numbers(taken)}.`
    const others = possible
        .filter(strategy => numbers(strategy) !== numbers(taken))
        .map(strategy => `${numbers(strategy)} ${BY_WHOM[strategy.name]}`)
    const rest = others.length === 0 ? "" : `, instead of ${others.join("; ")}`
    return `${WHO_SHOULD[taken.name]}: ${numbers(taken)}${rest}.`
}

function numbers(strategy: PlannedStrategy): string {
    const { busBytesPerFrame, fps, irqsPerSecond } = strategy
    const bytes =
        busBytesPerFrame === null
            ? "a compressed frame"
            : `${busBytesPerFrame.toLocaleString("en-US")} bytes`
    const irqs = Math.round(irqsPerSecond).toLocaleString("en-US")
    return `${bytes} per frame on the bus at ${fps.toFixed(2)} fps, ${irqs} interrupts/s`
}
