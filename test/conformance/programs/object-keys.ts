// SPDX-License-Identifier: MIT
// Keys of objects: strings of the program, of the VM, and made at run time, long, short, and not ASCII.

interface Bag {
    [key: string]: number
}

/** The same text, made at run time. */
function made(text: string): string {
    const half = Math.idiv(text.length, 2)
    return text.slice(0, half) + text.slice(half)
}

const LONG =
    "a key of more than fifty characters, which the compiler puts elsewhere"

class Window {
    width = 1

    area(): number {
        return this.width * 2
    }
}

export async function run(): Promise<void> {
    const keys = ["width", "length", "name", "grün", LONG, ""]
    const bag: Bag = {}
    for (let i = 0; i < keys.length; i++) bag[keys[i]] = i
    for (let i = 0; i < keys.length; i++)
        console.log(i, bag[keys[i]], bag[made(keys[i])])

    // Written under a made key, read under a static one, and the other way round.
    bag[made("width")] = 10
    bag[made("height")] = 11
    bag["depth"] = 12
    console.log(bag["width"], bag["height"], bag[made("depth")])
    console.log(Object.keys(bag).length)

    // Neither a beginning nor an end of a key is that key.
    console.log(
        bag["widt"],
        bag[made("widt")],
        bag["idth"],
        bag[made("widths")]
    )
    console.log(bag["Width"], bag["toString2"])

    const made1 = made("height")
    const made2 = made("height")
    bag[made1]++
    bag[made2]++
    console.log(bag[made("height")], bag["height"])

    const window = new Window()
    ;(window as unknown as Bag)[made("width")] = 5
    console.log(window.width, window.area())
}
