// SPDX-License-Identifier: MIT
// The board's LED blinks with each frame, and its button starts a capture of ten.
// npx camscript run --app src/examples/led-and-button.ts --seconds 3 --press BUTTON@0.5

import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"
import { DigitalIn } from "../pins/digital-in"
import { DigitalOut } from "../pins/digital-out"

const FRAMES = 10

const camera = new Camera(new MT9V034())
const led = new DigitalOut("LED")
const button = new DigitalIn("BUTTON")

await camera.configure({ window: { width: 188, height: 120 }, fps: 60 })
await led.write(false)

let frames = 0
let running = false
camera.onFrame(async () => {
    await led.toggle()
    frames++
    if (frames < FRAMES) return
    await camera.stop()
    await led.write(false)
    running = false
})

await button.onChange(async (pressed, timeUs) => {
    if (!pressed || running) return
    running = true
    frames = 0
    console.log(`pressed at ${Math.round(timeUs / 1000)} ms`)
    await camera.start()
})
console.log("press the button")
