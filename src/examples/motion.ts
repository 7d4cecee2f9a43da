// SPDX-License-Identifier: MIT
// Notices what moves anywhere on the MT9V034's field, and in which rows. The field has 361 KB, the board 128 KB of RAM: a window
// as wide as the field steps down over it, one band of rows per frame, and native code measures each.
// npx camscript run --app src/examples/motion.ts --scene visitor --seconds 8

import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"
import { Strategy } from "../../protocol/capture"

const ROWS = 480
const BAND_ROWS = 40
/** The mean of every third row of a band is as good as that of all, in a third of the time. */
const ROW_STEP = 3
/** Gray levels by which a band's mean must differ from what is usual there: twenty times what noise does to it. */
const CHANGE = 0.5
/** Sweeps that must differ before it is a motion, and be as usual before it has ended. */
const START_SWEEPS = 2
const END_SWEEPS = 3
/** What stays for ten seconds belongs there. */
const LEARN_ANEW_SWEEPS = 80

const camera = new Camera(new MT9V034())
const mode = await camera.configure({
    window: { width: 752, height: BAND_ROWS, x: 0, y: 0 },
    strategy: Strategy.SENSOR_WINDOW,
    fps: 96,
    // Fixed: automatic exposure changes every mean, and hides what is large and slow.
    exposureUs: 4000,
    gain: 1,
})
const sweeps = Math.round((mode.fps * BAND_ROWS) / ROWS)
console.log(`${mode.window.width}x${ROWS} in bands, ${sweeps} times a second`)

/** The mean of each band as it usually is. */
const usual: number[] = []
const UNKNOWN = -1
function learnAnew(): void {
    for (let band = 0; band < ROWS / BAND_ROWS; band++) usual[band] = UNKNOWN
}
learnAnew()

let changedSweeps = 0
let stillSweeps = 0
/** Rows that changed: in this sweep, and in the whole motion. */
let top = ROWS
let bottom = -1
let motionTop = ROWS
let motionBottom = -1

function look(y: number, mean: number): void {
    const band = y / BAND_ROWS
    if (usual[band] === UNKNOWN) usual[band] = mean
    const difference = mean - usual[band]
    if (Math.abs(difference) < CHANGE) {
        // Slowly: the sun goes on, somebody does not.
        usual[band] += difference / 16
        return
    }
    top = Math.min(top, y)
    bottom = Math.max(bottom, y + BAND_ROWS - 1)
}

/** A sweep has ended: has a motion begun, or ended? */
function judge(sequence: number): void {
    if (bottom >= 0) {
        stillSweeps = 0
        changedSweeps++
        motionTop = Math.min(motionTop, top)
        motionBottom = Math.max(motionBottom, bottom)
        if (changedSweeps === START_SWEEPS)
            console.log(`frame ${sequence}: motion in rows ${top}..${bottom}`)
        if (changedSweeps === LEARN_ANEW_SWEEPS) learnAnew()
    } else if (++stillSweeps === END_SWEEPS) {
        if (changedSweeps >= START_SWEEPS)
            console.log(
                `frame ${sequence}: still, was in rows ${motionTop}..${motionBottom}`
            )
        changedSweeps = 0
        motionTop = ROWS
        motionBottom = -1
    }
    top = ROWS
    bottom = -1
}

const place = { x: 0, y: 0 }
camera.onFrame(async frame => {
    const { sequence } = frame
    const { y } = frame.window
    const { mean } = await frame.stats(128, ROW_STEP)
    await frame.release()
    place.y = (place.y + BAND_ROWS) % ROWS
    await camera.moveWindow(place)
    if (y === 0) judge(sequence)
    look(y, mean)
})
await camera.start()
