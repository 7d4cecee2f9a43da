// SPDX-License-Identifier: MIT
// The native code's notification that a pin changed, for all inputs of a program: its service can be bound once.

import * as ds from "@devicescript/core"

/** Times that are policy, not hardware. */
enum Policy {
    /** The native code announces itself every 500 ms. */
    ANNOUNCE_TIMEOUT_MS = 3000,
}

/** An input that wants to know. */
export interface WatchedPin {
    look(): Promise<void>
}

class PinWatch {
    /** A variable of the module would take 8 bytes of the heap of every program that imports from "camscript". */
    static only: PinWatch | undefined
    readonly notifier = new ds.BoardPins()
    readonly pins: WatchedPin[] = []

    constructor() {
        lookOnNotify(this)
    }

    async lookAtAll(): Promise<void> {
        for (const pin of this.pins) await pin.look()
    }
}

/** DeviceScript has no `this` in a function inside a constructor. */
function lookOnNotify(watch: PinWatch): void {
    watch.notifier.edge.subscribe(async () => {
        await watch.lookAtAll()
    })
}

/**
 * Let a pin look at each notification.
 *
 * @throws Error when the native code does not announce itself
 */
export async function watchPin(pin: WatchedPin): Promise<void> {
    if (PinWatch.only === undefined) PinWatch.only = new PinWatch()
    const watch = PinWatch.only
    watch.pins.push(pin)
    const startMs = ds.millis()
    while (!watch.notifier.isBound) {
        if (ds.millis() - startMs > Policy.ANNOUNCE_TIMEOUT_MS)
            throw new Error(
                `board pins: no announcement in ${Policy.ANNOUNCE_TIMEOUT_MS} ms; is the native code running?`
            )
        await ds.sleep(5)
    }
    // What came before is not told.
    await pin.look()
}
