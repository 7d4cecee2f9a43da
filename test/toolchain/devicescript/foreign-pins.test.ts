// SPDX-License-Identifier: MIT
// Pins of DeviceScript's own boards: one clear sentence.

import { describe, expect, it } from "vitest"
import { refuseForeignPins } from "../../../toolchain/devicescript/foreign-pins.ts"

const said = (text: string) => () => refuseForeignPins("src/main.ts", text)

describe("a program for another board", () => {
    it("is told what to import instead", () => {
        expect(
            said(
                '// a comment\nimport { pins } from "@dsboard/adafruit_qt_py_c3"\n'
            )
        ).toThrow(
            'src/main.ts:2: "@dsboard/adafruit_qt_py_c3" has the pins of a board of DeviceScript\'s own, which this is not: ' +
                'import { DigitalIn, DigitalOut } from "camscript" and use a name of the board\'s, such as new DigitalOut("LED"), ' +
                'or the chip\'s, such as new DigitalIn("PA5") (docs/pins).'
        )
    })

    it.each([
        'import { gpio } from "@devicescript/core"\nconst pin = gpio(5)\n',
        'import {\n    sleep,\n    gpio,\n} from "@devicescript/core"\n',
        'import * as ds from "@devicescript/core"\nconst pin = ds.gpio(5)\n',
    ])("is told that gpio() numbers other pins: %j", text => {
        expect(said(text)).toThrow(/gpio\(\) numbers the pins of DeviceScript/)
    })

    it.each([
        'import { sleep } from "@devicescript/core"\n',
        '// ds.gpio(5) is for other boards\nconsole.log("@dsboard/x")\n',
        "const gpio = (pin: number) => pin\ngpio(5)\n",
    ])("is not any program: %j", text => {
        expect(said(text)).not.toThrow()
    })
})
