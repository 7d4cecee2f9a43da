// SPDX-License-Identifier: MIT
// DeviceScript's own driver of a Sensirion SHTC3 on the camera's I2C bus: each second a frame, and how warm it was.
// npx camscript run --app src/examples/temperature.ts --seconds 3 --part shtc3:21.5,40

import * as ds from "@devicescript/core"
import { startSHTC3 } from "@devicescript/drivers"
import { MT9V034 } from "../../drivers/mt9v034/mt9v034"
import { Camera } from "../camera"

const INTERVAL_MS = 1000

const { temperature, humidity } = await startSHTC3()
const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 188, height: 120 }, fps: 60 })

while (true) {
    const frame = await camera.snapshot()
    const mean = (await frame.stats(128, 4)).mean
    await frame.release()
    const celsius = await temperature.reading.read()
    const percent = await humidity.reading.read()
    console.log(
        `${Math.round(celsius * 10) / 10} C, ${Math.round(percent)} %, mean gray level ${Math.round(mean)}`
    )
    await ds.sleep(INTERVAL_MS)
}
