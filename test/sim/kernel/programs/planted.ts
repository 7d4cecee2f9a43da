import { Camera } from "../../../../src/camera"
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import type { KernelError } from "../../../../drivers/grabber/kernel-call"
import {
    addsForever,
    divides,
    divisionTooLarge,
    endless,
    farAway,
    outputTooSmall,
    ownMemory,
    pastFrame,
    throws,
    writesPastFrame,
} from "./kernels/planted"

const camera = new Camera(new MT9V034())
await camera.configure({ window: { width: 64, height: 48 }, fps: 30 })

async function stopOf(name: string, call: () => Promise<unknown>) {
    try {
        await call()
        console.log(`${name} ends`)
    } catch (e) {
        console.log(`${name} ${(e as KernelError).stop}`)
    }
}

let done = false
camera.onFrame(async frame => {
    if (done) return
    done = true
    await stopOf("pastFrame 47", async () => await pastFrame(frame, 47))
    await stopOf("pastFrame 48", async () => await pastFrame(frame, 48))
    await stopOf("writesPastFrame", async () => await writesPastFrame(frame))
    await stopOf("ownMemory", async () => await ownMemory(frame, 100000))
    await stopOf("farAway 0", async () => await farAway(frame, 0))
    await stopOf("farAway natives", async () => await farAway(frame, -64))
    await stopOf("farAway", async () => await farAway(frame, 0x10000000))
    await stopOf("outputTooSmall", async () => await outputTooSmall(frame, 8))
    await stopOf("addsForever", async () => await addsForever(frame, 2))
    await stopOf("too large a result", async () => {
        try {
            await outputTooSmall(frame, 1500)
        } catch (e) {
            console.log((e as Error).message)
        }
    })
    await stopOf("divides by 4", async () => await divides(frame, 4))
    await stopOf("divides", async () => await divides(frame, 0))
    await stopOf(
        "divisionTooLarge",
        async () => await divisionTooLarge(frame, -1)
    )
    await stopOf("throws", async () => await throws(frame))
    await stopOf("endless", async () => await endless(frame))
    console.log("done")
})
await camera.start()
