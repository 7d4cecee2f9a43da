// SPDX-License-Identifier: MIT
// The program's update; of a board behind a serial link also how the link does, and how much of an image it sends.

import {
    REDUCTIONS,
    type LinkFigures,
    type LiveState,
    type Reduction,
    type UpdateState,
} from "../messages/messages.ts"
import type { Link } from "./link.ts"
import { bytesWords } from "./words.ts"

const REDUCTION_WORDS: Readonly<Record<Reduction, string>> = {
    0: "automatic",
    1: "every pixel",
    2: "every 2nd pixel and row",
    4: "every 4th pixel and row",
}

const PHASE_WORDS: Readonly<Record<UpdateState["phase"], string>> = {
    building: "building the program…",
    erasing: "the board erases the slot…",
    writing: "sending the program…",
    checking: "the board checks it…",
    restarting: "the board restarts…",
    done: "done: the new program runs",
    failed: "not updated",
}

export function BoardPanel({
    link,
    live,
}: {
    readonly link: Link
    readonly live: LiveState | undefined
}) {
    return (
        <section class="panel board" aria-labelledby="board-title">
            <h2 id="board-title">{live?.link ? "Board" : "Program"}</h2>
            <Program link={link} live={live} />
            {live?.link && <SerialLink link={link} figures={live.link} />}
        </section>
    )
}

function Program({
    link,
    live,
}: {
    readonly link: Link
    readonly live: LiveState | undefined
}) {
    const program = live?.program
    const update = live?.update
    const ended = !update || ["done", "failed"].includes(update.phase)
    const off =
        !ended || live?.waiting !== undefined || live?.ended !== undefined
    return (
        <>
            <p class="program" data-testid="program">
                {program
                    ? `program ${program.name || "none"}, number ${program.sequence}`
                    : "program not known yet"}
            </p>
            <div class="buttons">
                <button
                    type="button"
                    disabled={off}
                    onClick={() => link.say({ type: "update" })}
                >
                    Update program
                </button>
            </div>
            {update && <Update update={update} />}
        </>
    )
}

function Update({ update }: { readonly update: UpdateState }) {
    const { phase, written, problem } = update
    return (
        <>
            {phase !== "failed" && (
                <progress
                    aria-label="program update"
                    max={1}
                    // Without a value the bar says that something goes on.
                    value={
                        ["writing", "checking", "done"].includes(phase)
                            ? written
                            : undefined
                    }
                />
            )}
            <p
                class={phase === "failed" ? "problem" : "hint"}
                role={phase === "failed" ? "alert" : "status"}
                data-testid="update"
            >
                {PHASE_WORDS[phase]}
                {problem && `: ${problem}`}
            </p>
        </>
    )
}

function SerialLink({
    link,
    figures,
}: {
    readonly link: Link
    readonly figures: LinkFigures
}) {
    const { baud, bytesPerSecond, share, picturesPerSecond, reduction } =
        figures
    const { pictures, skipped, abandoned, corrupt, requestsDropped, note } =
        figures
    const rows: readonly (readonly [string, string])[] = [
        ["rate", `${bytesWords(Math.round(bytesPerSecond))}/s`],
        ["of the line", `${Math.round(100 * share)} % of ${baud} baud`],
        ["images", `${picturesPerSecond.toFixed(1)}/s, ${pictures} in all`],
        ["skipped frames", String(skipped)],
        ["abandoned", String(abandoned)],
        ["corrupt", String(corrupt)],
        ["requests dropped", String(requestsDropped)],
    ]
    return (
        <>
            <dl class="link-figures" data-testid="link">
                {rows.map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
            {note && <p class="problem">No images: {note}.</p>}
            <div class="control">
                <div class="control-head">
                    <label for="reduction">send</label>
                </div>
                <select
                    id="reduction"
                    value={String(reduction.wanted)}
                    onChange={event =>
                        link.say({
                            type: "reduce",
                            reduction: Number(
                                event.currentTarget.value
                            ) as Reduction,
                        })
                    }
                >
                    {REDUCTIONS.map(value => (
                        <option key={value} value={String(value)}>
                            {REDUCTION_WORDS[value]}
                        </option>
                    ))}
                </select>
                <p class="hint">
                    applied: {REDUCTION_WORDS[reduction.applied as Reduction]}
                </p>
            </div>
        </>
    )
}
