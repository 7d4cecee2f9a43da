// Every pin that a program may not have, and why.

import type { PinError } from "../../../drivers/grabber/pin-refusal"
import { DigitalIn } from "../../../src/pins/digital-in"
import { DigitalOut } from "../../../src/pins/digital-out"

for (const name of [
    "PA6",
    "PC12",
    "PC4",
    "PA2",
    "PA13",
    "PH0",
    "PC14",
    "PI0",
    "PA16",
    "LAMP",
    "ELEVEN CHARS",
]) {
    try {
        await new DigitalOut(name).write(true)
        console.log(`${name} is free`)
    } catch (error) {
        const { message, fault, use } = error as PinError
        console.log(`${fault} ${use} ${message}`)
    }
}
const first = new DigitalIn("PA5")
await first.onChange(() => {})
try {
    await new DigitalIn("PB5").onChange(() => {})
} catch (error) {
    console.log((error as PinError).message)
}
