import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { brightest, columns, ends, fill, scaledMean } from "./kernels/pixels"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 30 })
camera.onFrame(async frame => {
    const spot = await brightest(frame, 128)
    console.log(`spot ${spot.count} ${spot.max} ${spot.sum}`)
    const found = await ends(frame, 16, 2)
    const last = found.at(1)
    console.log(
        `ends ${found.length} ${found.left} ${last.y} ${last.first} ${last.last} ${last.equal}`
    )
    const sums = await columns(frame, 64)
    console.log(`columns ${sums.getAt(0, "u16")} ${sums.getAt(126, "u16")}`)
    const mean = await scaledMean(frame, -0.5, true)
    console.log(`mean ${Math.round(mean * 1000)}`)
    await fill(frame, 77)
    const row = await frame.readRow(47)
    console.log(`filled ${row[0]} ${row[63]}`)
})
await camera.start()
