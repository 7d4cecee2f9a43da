import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import {
    bayerToGray,
    blobs,
    brightest,
    checksum,
    edges,
    flow,
    focus,
    half,
    histogram,
    kept,
    laser,
    motion,
    percentiles,
    quarter,
} from "./kernels/vision"

const camera = new Camera(new MT9V034())
await camera.configure({
    window: { width: 64, height: 48 },
    fps: 10,
    exposureUs: 2000,
    gain: 1,
})
const word = Buffer.alloc(4)
/** All bits of an f32. */
function bits(value: number): string {
    word.setAt(0, "f32", value)
    return word.toString("hex")
}
let done = false
camera.onFrame(async frame => {
    if (done) return
    done = true
    console.log(`frame ${await checksum(frame)}`)
    const spot = await brightest(frame, 100)
    console.log(
        `brightest ${spot.count} ${spot.sum} ${spot.max} ${bits(spot.x)} ${bits(spot.y)}`
    )
    const found = await blobs(frame, 100, 2, 4)
    console.log(`blobs ${found.length} ${found.left}`)
    for (let i = 0; i < found.length; i++) {
        const blob = found.at(i)
        console.log(
            `blob ${blob.area} ${blob.x} ${blob.y} ${blob.left} ${blob.bottom}`
        )
    }
    const levels = await histogram(frame, 256)
    console.log(`histogram ${levels.getAt(4 * 35, "u32")}`)
    const shares = await percentiles(frame, 5, 95)
    console.log(`percentiles ${shares.low} ${shares.median} ${shares.high}`)
    console.log(`laser ${(await laser(frame, 50, 64)).toString("hex")}`)
    console.log(`focus ${bits(await focus(frame))}`)
    console.log(`motion ${await motion(frame, frame, 40)}`)
    const motions = await flow(frame, frame, 25)
    console.log(`flow ${motions.length} ${motions.at(24).difference}`)
    console.log(`kept ${bits(await kept(frame))} ${bits(await kept(frame))}`)
    // These write into the frame, one after the other.
    await half(frame, frame)
    console.log(`half ${await checksum(frame)}`)
    await quarter(frame, frame)
    console.log(`quarter ${await checksum(frame)}`)
    await bayerToGray(frame, frame)
    console.log(`bayerToGray ${await checksum(frame)}`)
    await edges(frame, frame)
    console.log(`edges ${await checksum(frame)}`)
    console.log("done")
})
await camera.start()
