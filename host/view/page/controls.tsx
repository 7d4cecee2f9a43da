// SPDX-License-Identifier: MIT
// Frame rate, strategy, exposure, gain, format and test pattern; beside each what is applied.

import type { ComponentChildren } from "preact"
import type {
    LiveState,
    TargetDescription,
    ViewRequest,
} from "../messages/messages.ts"
import type { Link } from "./link.ts"
import { FORMAT_NAMES, STRATEGY_NAMES } from "../../../protocol/capture.ts"
import {
    formatNamed,
    strategyNamed,
    TEST_PATTERN_NAMES,
    testPatternNamed,
} from "../../../protocol/names.ts"

const FPS_MAX = 300
const GAIN_MAX = 4
/** Exposures on a logarithmic slider, us. */
const EXPOSURE_US = { min: 50, max: 50_000, automatic: 4000 } as const
const EXPOSURE_STEPS = 100

export function Controls({
    link,
    target,
    request,
    live,
}: {
    readonly link: Link
    readonly target: TargetDescription
    readonly request: ViewRequest
    readonly live: LiveState | undefined
}) {
    const applied = live?.applied
    return (
        <section class="panel controls" aria-labelledby="controls-title">
            <h2 id="controls-title">Camera</h2>
            <Slider
                name="frame rate"
                value={request.fps}
                {...{ min: 0, max: FPS_MAX, step: 1 }}
                asked={
                    request.fps > 0
                        ? `${request.fps} fps`
                        : "as fast as possible"
                }
                applied={applied && `${applied.fps.toFixed(2)} fps`}
                onValue={fps => link.want({ fps })}
            />
            {target.binnings.length > 1 && (
                <Select
                    name="binning"
                    value={String(request.binning)}
                    options={target.binnings.map(String)}
                    applied={applied && String(applied.binning)}
                    onValue={text => link.want({ binning: Number(text) })}
                />
            )}
            <Select
                name="strategy"
                value={STRATEGY_NAMES[request.strategy]!}
                options={STRATEGY_NAMES}
                applied={applied?.strategy}
                onValue={name => link.want({ strategy: strategyNamed(name) })}
            />
            <ExposureSlider link={link} request={request} live={live} />
            <Slider
                name="gain"
                value={request.gain || 1}
                {...{ min: 1, max: GAIN_MAX, step: 1 / 16 }}
                asked={
                    request.gain > 0
                        ? `${request.gain.toFixed(2)}×`
                        : "automatic"
                }
                applied={
                    applied &&
                    (applied.gain > 0
                        ? `${applied.gain.toFixed(2)}×`
                        : "automatic")
                }
                onValue={gain => link.want({ gain })}
            >
                <Automatic
                    name="automatic gain"
                    on={request.gain === 0}
                    onChange={on => link.want({ gain: on ? 0 : 1 })}
                />
            </Slider>
            {target.formats.length > 1 && (
                <Select
                    name="format"
                    value={FORMAT_NAMES[request.format]!}
                    options={["auto", ...target.formats]}
                    applied={applied?.format}
                    onValue={name => link.want({ format: formatNamed(name) })}
                />
            )}
            <Select
                name="test pattern"
                value={TEST_PATTERN_NAMES[request.testPattern]!}
                options={TEST_PATTERN_NAMES}
                applied={applied?.testPattern}
                onValue={name =>
                    link.want({ testPattern: testPatternNamed(name) })
                }
            />
        </section>
    )
}

function ExposureSlider({
    link,
    request,
    live,
}: {
    readonly link: Link
    readonly request: ViewRequest
    readonly live: LiveState | undefined
}) {
    const { exposureUs } = request
    const applied = live?.applied
    const { min, max, automatic } = EXPOSURE_US
    const ratio = max / min
    const step =
        (EXPOSURE_STEPS * Math.log((exposureUs || automatic) / min)) /
        Math.log(ratio)
    return (
        <Slider
            name="exposure"
            value={Math.round(step)}
            {...{ min: 0, max: EXPOSURE_STEPS, step: 1 }}
            asked={exposureUs > 0 ? `${exposureUs} µs` : "automatic"}
            applied={
                applied &&
                (applied.exposureUs > 0
                    ? `${applied.exposureUs} µs`
                    : `automatic, up to ${applied.exposureMaxUs} µs`)
            }
            onValue={value =>
                link.want({
                    exposureUs: Math.round(
                        min * ratio ** (value / EXPOSURE_STEPS)
                    ),
                })
            }
        >
            <Automatic
                name="automatic exposure"
                on={exposureUs === 0}
                onChange={on => link.want({ exposureUs: on ? 0 : automatic })}
            />
        </Slider>
    )
}

function Slider(props: {
    readonly name: string
    readonly value: number
    readonly min: number
    readonly max: number
    readonly step: number
    readonly asked: string
    readonly applied: string | undefined
    readonly onValue: (value: number) => void
    readonly children?: ComponentChildren
}) {
    const { name, value, min, max, step, asked, applied, onValue, children } =
        props
    const id = `control-${name.replaceAll(" ", "-")}`
    return (
        <div class="control">
            <div class="control-head">
                <label for={id}>{name}</label>
                <output for={id}>{asked}</output>
                {children}
            </div>
            <input
                id={id}
                type="range"
                {...{ min, max, step, value }}
                aria-valuetext={asked}
                onInput={event => onValue(event.currentTarget.valueAsNumber)}
            />
            <Applied words={applied} />
        </div>
    )
}

function Select<Name extends string>(props: {
    readonly name: string
    readonly value: Name
    readonly options: readonly Name[]
    readonly applied: string | undefined
    readonly onValue: (value: Name) => void
}) {
    const { name, value, options, applied, onValue } = props
    const id = `control-${name.replaceAll(" ", "-")}`
    return (
        <div class="control">
            <div class="control-head">
                <label for={id}>{name}</label>
            </div>
            <select
                id={id}
                value={value}
                onChange={event => onValue(event.currentTarget.value as Name)}
            >
                {options.map(option => (
                    <option key={option} value={option}>
                        {option}
                    </option>
                ))}
            </select>
            <Applied words={applied} />
        </div>
    )
}

function Applied({ words }: { readonly words: string | undefined }) {
    return <p class="hint">applied: {words ?? "not known yet"}</p>
}

function Automatic(props: {
    readonly name: string
    readonly on: boolean
    readonly onChange: (on: boolean) => void
}) {
    return (
        <label class="automatic">
            <input
                type="checkbox"
                checked={props.on}
                aria-label={props.name}
                onChange={event => props.onChange(event.currentTarget.checked)}
            />
            auto
        </label>
    )
}
