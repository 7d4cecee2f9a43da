// SPDX-License-Identifier: MIT
// Makes objects and a closure for each frame.
import { MT9V034 } from "../../../../drivers/mt9v034/mt9v034"
import { Camera } from "../../../../src/camera"

const camera = new Camera(new MT9V034())
await camera.configure(await camera.readRequest())
const points: { x: number; y: number }[] = []
let total = 0
camera.onFrame(async frame => {
    for (let i = 0; i < 40; i++) points.push({ x: i, y: frame.sequence })
    points.forEach(({ x }) => {
        total = total + x
    })
    while (points.length > 0) points.pop()
})
await camera.start()
