// SPDX-License-Identifier: MIT
// The sensor's field, dimmed, with the image in its place and the window to drag: mouse, touch, arrow keys, numbers.

import { useEffect, useRef, useState } from "preact/hooks"
import type { TargetDescription, ViewRequest } from "../messages/messages.ts"
import type { Link } from "./link.ts"
import { CORNERS, fitted, moved, resized, type Corner } from "./window-edit.ts"
import type { Size, Rectangle } from "../../../protocol/capture.ts"

/** A key moves by that, pixels of the field; with Alt by one. */
const STEP_PX = 8
/** A moving scene's field is fetched that often, ms. */
const FIELD_MS = 1000

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
}

export function Stage({
    link,
    target,
    request,
    problem,
}: {
    readonly link: Link
    readonly target: TargetDescription
    readonly request: ViewRequest
    /** Why the last request was refused; empty: it was not. */
    readonly problem: string
}) {
    const { field } = target
    const { window } = request
    const applied = useAppliedWindow(link)
    const drag = useDrag(link, field)
    const pending = !same(window, applied)
    return (
        <section class="panel stage-panel" aria-labelledby="stage-title">
            <h2 id="stage-title">Window on the sensor</h2>
            <div
                class="stage"
                ref={drag.stage}
                style={{ aspectRatio: `${field.width} / ${field.height}` }}
            >
                {target.fieldPicture !== "none" && (
                    <FieldImage moving={target.fieldPicture === "moving"} />
                )}
                <LiveImage link={link} field={field} />
                {applied && (
                    <div class="applied" style={place(applied, field)} />
                )}
                <div
                    class={pending ? "window pending" : "window"}
                    style={place(window, field)}
                    role="group"
                    tabIndex={0}
                    aria-label={`Capture window, ${words(window)}`}
                    aria-describedby="stage-help"
                    data-testid="window"
                    onPointerDown={event => drag.begin(event, window)}
                    onKeyDown={event => onKey(event, link, window, field)}
                >
                    {CORNERS.map(corner => (
                        <span
                            key={corner}
                            class={`corner ${corner}`}
                            onPointerDown={event =>
                                drag.begin(event, window, corner)
                            }
                        />
                    ))}
                </div>
            </div>
            <p class="applied-words">
                asked for <b data-testid="asked">{words(window)}</b>, applied{" "}
                <b data-testid="applied">
                    {applied ? words(applied) : "nothing yet"}
                </b>
            </p>
            <WindowNumbers link={link} field={field} window={window} />
            <p class="problem" role="status" data-testid="problem">
                {problem && `Refused, nothing changed: ${problem}.`}
            </p>
            <p id="stage-help" class="hint">
                Drag the window, or its corners. Keys: arrows move it by{" "}
                {STEP_PX} pixels, with Shift they resize it, with Alt by one
                pixel.
            </p>
        </section>
    )
}

/** The newest frame says what it shows. */
function useAppliedWindow(link: Link): Rectangle | undefined {
    const [applied, setApplied] = useState(link.frame?.window)
    useEffect(() => {
        const look = () =>
            setApplied(before => {
                const now = link.frame?.window
                return now && same(now, before) ? before : now
            })
        link.painters.add(look)
        return () => void link.painters.delete(look)
    }, [link])
    return applied
}

function FieldImage({ moving }: { readonly moving: boolean }) {
    const [count, setCount] = useState(0)
    useEffect(() => {
        if (!moving) return
        const timer = setInterval(() => setCount(old => old + 1), FIELD_MS)
        return () => clearInterval(timer)
    }, [moving])
    return (
        <img
            class="field"
            src={`/field.png?${count}`}
            alt=""
            draggable={false}
        />
    )
}

function LiveImage({
    link,
    field,
}: {
    readonly link: Link
    readonly field: Size
}) {
    const canvas = useRef<HTMLCanvasElement>(null)
    useEffect(() => {
        const draw = () => {
            const { frame } = link
            const mine = canvas.current
            if (!mine || !frame) return
            const { width, height } = link.canvas
            if (mine.width !== width || mine.height !== height) {
                mine.width = width
                mine.height = height
            }
            mine.getContext("2d")!.drawImage(link.canvas, 0, 0)
            Object.assign(mine.style, place(frame.window, field))
        }
        link.painters.add(draw)
        return () => void link.painters.delete(draw)
    }, [link, field])
    return <canvas class="live" ref={canvas} aria-hidden="true" />
}

function useDrag(link: Link, field: Size) {
    const stage = useRef<HTMLDivElement>(null)
    const begin = (event: PointerEvent, window: Rectangle, corner?: Corner) => {
        if (event.button !== 0) return
        event.stopPropagation()
        const handle = event.currentTarget as HTMLElement
        const scale = field.width / stage.current!.clientWidth
        const { clientX, clientY, pointerId } = event
        handle.setPointerCapture(pointerId)
        const move = (now: PointerEvent) => {
            if (now.pointerId !== pointerId) return
            const dx = (now.clientX - clientX) * scale
            const dy = (now.clientY - clientY) * scale
            link.want({
                window: corner
                    ? resized(window, corner, { dx, dy, field })
                    : moved(window, dx, dy, field),
            })
        }
        const end = () => {
            handle.removeEventListener("pointermove", move)
            handle.removeEventListener("pointerup", end)
            handle.removeEventListener("pointercancel", end)
        }
        handle.addEventListener("pointermove", move)
        handle.addEventListener("pointerup", end)
        handle.addEventListener("pointercancel", end)
    }
    return { stage, begin }
}

function onKey(
    event: KeyboardEvent,
    link: Link,
    window: Rectangle,
    field: Size
): void {
    const arrow = ARROWS[event.key]
    if (!arrow) return
    event.preventDefault()
    const step = event.altKey ? 1 : STEP_PX
    const [dx, dy] = [arrow[0] * step, arrow[1] * step]
    link.want({
        window: event.shiftKey
            ? resized(window, "se", { dx, dy, field })
            : moved(window, dx, dy, field),
    })
}

function WindowNumbers({
    link,
    field,
    window,
}: {
    readonly link: Link
    readonly field: Size
    readonly window: Rectangle
}) {
    const names = ["x", "y", "width", "height"] as const
    return (
        <div class="numbers">
            {names.map(name => (
                <NumberField
                    key={name}
                    name={name}
                    value={window[name]}
                    min={name.length === 1 ? 0 : 1}
                    max={
                        name === "x" || name === "width"
                            ? field.width
                            : field.height
                    }
                    onValue={value =>
                        link.want({
                            window: fitted({ ...window, [name]: value }, field),
                        })
                    }
                />
            ))}
        </div>
    )
}

/** What is typed stays until it is finished, whatever the camera does meanwhile. */
function NumberField(props: {
    readonly name: string
    readonly value: number
    readonly min: number
    readonly max: number
    readonly onValue: (value: number) => void
}) {
    const { name, value, min, max, onValue } = props
    const [draft, setDraft] = useState<string>()
    return (
        <label>
            <span>{name}</span>
            <input
                type="number"
                inputMode="numeric"
                value={draft ?? value}
                min={min}
                max={max}
                onInput={event => setDraft(event.currentTarget.value)}
                onChange={event => {
                    const typed = event.currentTarget.valueAsNumber
                    setDraft(undefined)
                    if (!Number.isNaN(typed)) onValue(typed)
                }}
            />
        </label>
    )
}

function place({ x, y, width, height }: Rectangle, field: Size) {
    const percent = (part: number, whole: number) => `${(100 * part) / whole}%`
    return {
        left: percent(x, field.width),
        top: percent(y, field.height),
        width: percent(width, field.width),
        height: percent(height, field.height),
    }
}

function words({ x, y, width, height }: Rectangle): string {
    return `${width}×${height} at ${x}, ${y}`
}

function same(a: Rectangle, b: Rectangle | undefined): boolean {
    return (
        b !== undefined &&
        a.x === b.x &&
        a.y === b.y &&
        a.width === b.width &&
        a.height === b.height
    )
}
