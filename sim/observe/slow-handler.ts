// SPDX-License-Identifier: MIT
// What to say when frames were lost because the program takes longer for one than the sensor.

export interface VmLoad {
    /** Time of the CPU that the VM takes for a frame, ms; undefined: fewer than two frames came. */
    readonly vmMsPerFrame: number | undefined
    /** Of the capture. */
    readonly fps: number
    /** Frames for which no buffer was free, and frames that nobody looked at. */
    readonly lost: number
    readonly board: string
}

/** @returns undefined when the program keeps up, or when something else is why it does not */
export function slowHandlerMessage({
    vmMsPerFrame,
    fps,
    lost,
    board,
}: VmLoad): string | undefined {
    const frameMs = 1000 / fps
    if (vmMsPerFrame === undefined || lost === 0 || vmMsPerFrame < frameMs)
        return undefined
    return (
        `${lost} frames were lost: this handler needs about ${rounded(vmMsPerFrame)} ms per frame on ${board}; ` +
        `at ${rounded(fps)} fps there are ${rounded(frameMs)}. ` +
        `At ${rounded(fps * (frameMs / vmMsPerFrame))} fps it would just keep up; ` +
        `frame.stats() and histogram() look at all pixels in native code`
    )
}

/** Three digits say what such an estimate can. */
function rounded(value: number): string {
    return String(Number(value.toPrecision(3)))
}
