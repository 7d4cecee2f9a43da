// SPDX-License-Identifier: MIT
// What the planner says of every strategy: figures, or why it cannot.

import { bytesWords } from "./words.ts"
import {
    WHO_DROPS_THE_PIXELS,
    type StrategyName,
} from "../../../protocol/names.ts"
import type {
    ImpossibleStrategy,
    PlannedStrategy,
    PlanReport,
} from "../../../protocol/plan-report.ts"

export function PlanPanel({
    plan,
    running,
}: {
    readonly plan: PlanReport | undefined
    readonly running: StrategyName | undefined
}) {
    return (
        <section class="panel plan" aria-labelledby="plan-title">
            <h2 id="plan-title">Plan</h2>
            {plan && (
                <>
                    <p class="answer" data-testid="answer">
                        {plan.answer}
                    </p>
                    <ul>
                        {plan.strategies.map(strategy => (
                            <Item
                                key={strategy.name}
                                strategy={strategy}
                                chosen={strategy.name === plan.chosen}
                                running={strategy.name === running}
                            />
                        ))}
                    </ul>
                </>
            )}
        </section>
    )
}

function Item({
    strategy,
    chosen,
    running,
}: {
    readonly strategy: PlannedStrategy | ImpossibleStrategy
    readonly chosen: boolean
    readonly running: boolean
}) {
    const kind = chosen ? "chosen" : strategy.ok ? "possible" : "impossible"
    return (
        <li class={kind}>
            <div class="plan-head">
                <b>{strategy.name}</b>
                <span class="badge">
                    {kind}
                    {running && ", running"}
                </span>
            </div>
            {strategy.ok ? (
                <Figures strategy={strategy} />
            ) : (
                <p class="reason">{strategy.reason}</p>
            )}
        </li>
    )
}

function Figures({ strategy }: { readonly strategy: PlannedStrategy }) {
    const { fps, busBytesPerFrame, ramBytes, buffers, irqsPerSecond } = strategy
    return (
        <>
            <p class="hint">{WHO_DROPS_THE_PIXELS[strategy.name]}</p>
            <p class="plan-figures">
                <span>{fps.toFixed(2)} fps</span>
                <span>
                    bus{" "}
                    {busBytesPerFrame === null
                        ? "depends"
                        : `${bytesWords(busBytesPerFrame)}/frame`}
                </span>
                <span>
                    {buffers === 1 ? "1 buffer" : `${buffers} buffers`},{" "}
                    {bytesWords(ramBytes)}
                </span>
                <span>{Math.round(irqsPerSecond)} IRQ/s</span>
            </p>
        </>
    )
}
