// Two inputs and two outputs: an input's changes come out again, and what is asked for on the console.

import * as ds from "@devicescript/core"
import { DigitalIn } from "../../../src/pins/digital-in"
import { DigitalOut } from "../../../src/pins/digital-out"
import { Pull } from "../../../protocol/pins"

const led = new DigitalOut("LED")
const copy = new DigitalOut("D8")
const button = new DigitalIn("BUTTON")
const input = new DigitalIn("D2", Pull.DOWN)

await led.write(true)
await led.pulse(100)
await led.pulse(5000)
console.log(`button ${await button.read()}, input ${await input.read()}`)
await button.onChange(async (pressed, timeUs, changes) => {
    console.log(`${pressed} ${timeUs} ${changes}`)
    await led.write(pressed)
})
await input.onChange(async active => {
    await copy.write(active)
})
await ds.sleep(1000)
