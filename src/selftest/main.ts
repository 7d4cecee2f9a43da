// SPDX-License-Identifier: MIT
// The self-test's program: tries the sensor's bus and pins, captures its test patterns, and says what it measured, over and
// over. `camscript selftest` judges it (docs/selftest.md). On a board: camscript flash --app src/selftest/main.ts

import { sleep } from "@devicescript/core"
import { FrameGrabber } from "../../drivers/grabber/grabber"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Reg } from "../../drivers/mt9v034/registers"
import { OV2640 } from "../../drivers/ov2640/ov2640"
import { DspReg } from "../../drivers/ov2640/registers"
import { SensorCode } from "../../protocol/grabber-page"
import { requestedSensor } from "../../protocol/request-block"
import type { SelftestShape } from "../../protocol/selftest"
import { SelftestFormat, SelftestWord } from "../../protocol/selftest"
import { BusTest } from "./bus-test"
import type { Patterns } from "./capture-test"
import { CaptureTest } from "./capture-test"
import { say } from "./say"

/** Fields of TEST_PATTERN (0x7F; data sheet, "Test Pattern"). */
enum FixedPattern {
    ENABLE = 1 << 13,
    /** [9:0] is what every pixel is; D7..D0 of the port are its upper eight bits. */
    USE_DATA = 1 << 10,
    DATA_SHIFT = 2,
}

/** Between two self-tests. */
const PAUSE_MS = 1000

class Mt9v034Patterns implements Patterns {
    private readonly sensor: MT9V034

    constructor(sensor: MT9V034) {
        this.sensor = sensor
    }

    async sendFixed(value: number): Promise<void> {
        await this.sensor.writeReg16(
            Reg.TEST_PATTERN,
            FixedPattern.ENABLE |
                FixedPattern.USE_DATA |
                (value << FixedPattern.DATA_SHIFT)
        )
    }

    async kept(shape: SelftestShape): Promise<boolean> {
        return (await this.sensor.readReg16(Reg.WINDOW_WIDTH)) === shape.widthPx
    }
}

class Ov2640Patterns implements Patterns {
    private readonly sensor: OV2640

    constructor(sensor: OV2640) {
        this.sensor = sensor
    }

    async kept(shape: SelftestShape): Promise<boolean> {
        // ZMOW counts fours.
        return 4 * (await this.sensor.readDsp(DspReg.ZMOW)) === shape.widthPx
    }
}

const grabber = new FrameGrabber()
await grabber.init()
const board = await grabber.readBoard()
const asked = requestedSensor(await grabber.readRequest())
const code = asked === SensorCode.OV2640 ? asked : SensorCode.MT9V034

async function captureTest(address: number): Promise<void> {
    const { xclkHz } = board
    if (code === SensorCode.OV2640) {
        const sensor = new OV2640()
        const patterns = new Ov2640Patterns(sensor)
        await new CaptureTest(grabber, sensor, patterns, xclkHz).run()
        return
    }
    const sensor = new MT9V034({ address })
    const patterns = new Mt9v034Patterns(sensor)
    await new CaptureTest(grabber, sensor, patterns, xclkHz).run()
}

while (true) {
    say(SelftestWord.BEGIN, `${SelftestFormat.VERSION} ${code}`)
    say(SelftestWord.BOARD, `${board.hclkHz} ${board.xclkHz} ${board.flags}`)
    const bus = new BusTest(code, board.flags)
    await bus.run()
    await grabber.clearCounters()
    if (bus.address !== 0)
        try {
            await captureTest(bus.address)
        } catch (error) {
            say(SelftestWord.ERROR, (error as Error).message)
        }
    const { i2cErrors } = await grabber.readRecovery()
    say(SelftestWord.TRANSFERS, `${i2cErrors}`)
    say(SelftestWord.END, "")
    await sleep(PAUSE_MS)
}
