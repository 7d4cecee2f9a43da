// SPDX-License-Identifier: MIT
// The page's hand on the camera: the camera service of the program, over any Jacdac line.

import { CameraClient, type CameraChanges } from "../jacdac/camera-client.ts"
import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import { JacdacHost, type Timers } from "../jacdac/jacdac-host.ts"
import type { AppliedState, ViewRequest } from "../view/messages/messages.ts"
import type { CameraControl } from "./target.ts"
import { STRATEGY_NAMES } from "../../protocol/capture.ts"
import { formatOf, TEST_PATTERN_NAMES } from "../../protocol/names.ts"

/**
 * Between two looks at what is applied, us: events say when it changes, this is for those that are lost. Seven answers cost a
 * board with one buffer about one frame of 220x220 at 120 fps.
 */
const REFRESH_US = 3_000_000

/** A camera is announced twice a second: a program that has announced none for so long has none, us. */
const ABSENT_US = 3_000_000

/** A write waits for its turn no longer than that many looks at the meter take. */
const QUIET_LOOKS = 2

/** Mode flags of services/camera.md. */
const MOVES_WHILE_STREAMING = 1

/** Speaks to the first camera that is announced on the line. */
export class JacdacCameraControl implements CameraControl {
    private state: AppliedState | undefined
    private readonly host: JacdacHost
    private camera: CameraClient | undefined
    private waiting: CameraChanges = {}
    /** Written, and perhaps dropped at the board's meter. */
    private unsure: CameraChanges = {}
    private quietLooks = 0
    private refreshing = false
    private again = false
    private closed = false
    private late = false

    /** @param wanted what the program was started with */
    constructor(
        line: JacdacLine,
        private readonly timers: Timers,
        private wanted: ViewRequest
    ) {
        this.host = new JacdacHost(line, timers)
        void CameraClient.find(this.host).then(camera => this.found(camera))
        timers.after(ABSENT_US, () => (this.late = true))
    }

    get absent(): boolean {
        return this.late && this.camera === undefined
    }

    get applied(): AppliedState | undefined {
        return this.state
    }

    want(request: ViewRequest): void {
        // After a refusal what was asked for before is not what runs: all of it travels.
        const refused = (this.state?.problem ?? "") !== ""
        const changes = differences(refused ? undefined : this.wanted, request)
        this.wanted = request
        this.write(changes)
    }

    setStreaming(on: boolean): void {
        this.write({ streaming: { value: on ? 1 : 0 } })
    }

    /**
     * The board's meter was looked at; a write that it drops is announced to nobody.
     * @param dropped packets of hosts were dropped since the last look: what was written lately is written again
     */
    lookedAtMeter(dropped: boolean): void {
        this.quietLooks = dropped ? 0 : this.quietLooks + 1
        if (this.quietLooks >= QUIET_LOOKS) this.unsure = {}
        else if (dropped) this.camera?.write(this.unsure)
    }

    close(): void {
        this.closed = true
        this.host.close()
    }

    private write(changes: CameraChanges): void {
        this.unsure = { ...this.unsure, ...changes }
        this.quietLooks = 0
        if (this.camera) this.camera.write(changes)
        else this.waiting = { ...this.waiting, ...changes }
    }

    private found(camera: CameraClient): void {
        if (this.closed) return
        this.camera = camera
        camera.write(this.waiting)
        camera.onEvent(() => void this.refresh())
        this.refreshNowAndThen()
    }

    private refreshNowAndThen(): void {
        if (this.closed) return
        void this.refresh()
        this.timers.after(REFRESH_US, () => this.refreshNowAndThen())
    }

    /** One at a time; an event meanwhile means once more. */
    private async refresh(): Promise<void> {
        if (this.refreshing) {
            this.again = true
            return
        }
        this.refreshing = true
        try {
            do {
                this.again = false
                this.state = await this.read(this.camera!)
            } while (this.again)
        } catch {
            // Nobody answered: what was known last stays, the next refresh asks again.
        } finally {
            this.refreshing = false
        }
    }

    private async read(camera: CameraClient): Promise<AppliedState> {
        const [mode, window, exposure, gain, pattern, streaming, problem] =
            await Promise.all([
                camera.read("mode"),
                camera.read("window"),
                camera.read("exposure"),
                camera.read("gain"),
                camera.read("test_pattern"),
                camera.read("streaming"),
                camera.readText("error"),
            ])
        return {
            streaming: streaming.value !== 0,
            window,
            binning: mode.binning,
            strategy: STRATEGY_NAMES[mode.strategy]!,
            format: formatOf(mode.format),
            fps: mode.fps / 1000,
            exposureUs: exposure.value,
            exposureMaxUs: mode.exposure_max,
            gain: gain.value / 16,
            testPattern: TEST_PATTERN_NAMES[pattern.value]!,
            buffers: mode.buffers,
            ramBytes: mode.ram,
            movesWhileStreaming: (mode.flags & MOVES_WHILE_STREAMING) !== 0,
            problem,
        }
    }
}

/** The registers whose contents are to be others; all, when nothing is known of what they hold. */
export function differences(
    before: ViewRequest | undefined,
    after: ViewRequest
): CameraChanges {
    const registers = (request: ViewRequest): CameraChanges => ({
        window: { ...request.window },
        binning: { value: request.binning },
        fps: { value: request.fps * 1000 },
        strategy: { value: request.strategy },
        format: { value: request.format },
        exposure: { value: request.exposureUs },
        gain: { value: request.gain * 16 },
        test_pattern: { value: request.testPattern },
    })
    const old = new Map(Object.entries(before ? registers(before) : {}))
    return Object.fromEntries(
        Object.entries(registers(after)).filter(
            ([name, value]) =>
                JSON.stringify(value) !== JSON.stringify(old.get(name))
        )
    )
}
