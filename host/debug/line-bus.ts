// SPDX-License-Identifier: MIT
// The debugger's Jacdac bus on one of our lines, in the board's time: an emulated board may take ten times as long as its own
// clock says, and no time-out of the bus is to depend on that.

import { crc16, FrameFlag } from "../../protocol/jacdac-frame.ts"
import type { JacdacLine } from "../../sim/wires/jacdac-bus.ts"
import type { Timers } from "../jacdac/jacdac-host.ts"
import type { Bus, OfficialDebugger, Scheduler } from "./official-debugger.ts"

/** Of this computer on the line. */
const DEVICE_ID = "43414d4444424731"

/** A bus on a line; `close` it. */
export interface LineBus {
    readonly bus: Bus
    close(): void
}

/** Join a line. */
export function joinLine(
    { JDBus, Transport }: OfficialDebugger,
    line: JacdacLine,
    timers: Timers
): LineBus {
    class LineTransport extends Transport {
        transportConnectAsync(): Promise<void> {
            return Promise.resolve()
        }

        transportDisconnectAsync(): Promise<void> {
            return Promise.resolve()
        }

        transportSendPacketAsync(frame: Uint8Array): Promise<void> {
            line.send(frame)
            return Promise.resolve()
        }
    }
    const transport = new LineTransport("camscript", {})
    const scheduler = new LineScheduler(timers)
    const bus = new JDBus([transport], {
        scheduler,
        deviceId: DEVICE_ID,
        // Nobody binds roles here, and its requests would go through the board's meter.
        disableRoleManager: true,
    })
    bus.backgroundRefreshRegisters = false
    bus.withTimeout = (timeoutMs, promise) =>
        withTimeout(scheduler, timeoutMs, promise)
    const stopListening = line.onFrame(frame =>
        transport.handleFrame(mended(frame))
    )
    void transport.connect()
    return {
        bus,
        close() {
            stopListening()
            scheduler.close()
            void bus.stop()
        },
    }
}

/**
 * A packet of the VM that is sent again, since it was not acknowledged, gets a flag set after its checksum was made (VM
 * 2.16.4): any host drops it, and whoever asked for it waits in vain.
 */
export function mended(frame: Uint8Array): Uint8Array {
    if ((frame[3]! & FrameFlag.LOOPBACK) === 0) return frame
    const checksum = frame[0]! | (frame[1]! << 8)
    const stock = frame.slice()
    stock[3]! &= ~FrameFlag.LOOPBACK
    return crc16(stock.subarray(2)) === checksum ? stock : frame
}

/** As the bus' own, in the line's time. */
async function withTimeout<T>(
    scheduler: LineScheduler,
    timeoutMs: number,
    promise: Promise<T>
): Promise<T | undefined> {
    let handle: unknown
    const late = new Promise<undefined>(resolve => {
        handle = scheduler.setTimeout(() => resolve(undefined), timeoutMs)
    })
    try {
        return await Promise.race([promise, late])
    } finally {
        scheduler.clearTimeout(handle)
    }
}

interface Handle {
    cleared: boolean
}

class LineScheduler implements Scheduler {
    private startUs: number
    private closed = false

    constructor(private readonly timers: Timers) {
        this.startUs = timers.nowUs()
    }

    get timestamp(): number {
        return (this.timers.nowUs() - this.startUs) / 1000
    }

    resetTime(delta = 0): void {
        this.startUs = this.timers.nowUs() - 1000 * delta
    }

    setTimeout(handler: () => void, delayMs: number): Handle {
        const handle: Handle = { cleared: false }
        this.timers.after(1000 * delayMs, () => {
            if (!handle.cleared && !this.closed) handler()
        })
        return handle
    }

    clearTimeout(handle: unknown): void {
        if (handle !== undefined) (handle as Handle).cleared = true
    }

    setInterval(handler: () => void, delayMs: number): Handle {
        const handle: Handle = { cleared: false }
        const next = (): void => {
            this.timers.after(1000 * delayMs, () => {
                if (handle.cleared || this.closed) return
                handler()
                next()
            })
        }
        next()
        return handle
    }

    clearInterval(handle: unknown): void {
        this.clearTimeout(handle)
    }

    close(): void {
        this.closed = true
    }
}
