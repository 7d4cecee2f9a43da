// An LED that lights at a low level follows a button that pulls low.

import { DigitalIn } from "../../../src/pins/digital-in"
import { DigitalOut } from "../../../src/pins/digital-out"

const led = new DigitalOut("LED")
const button = new DigitalIn("BUTTON")
await led.write(await button.read())
await button.onChange(async pressed => {
    await led.write(pressed)
})
