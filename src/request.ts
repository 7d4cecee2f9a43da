// SPDX-License-Identifier: MIT
// What a program asks of the camera, and how the request block of the frame grabber says it.

import type { RequestBlock } from "../drivers/grabber/blocks"
import { Grabber, RequestFlag } from "../drivers/grabber/registers"
import type { TestPattern } from "../drivers/sensor-limits"
import type { PlanRequest } from "./plan/plan"

/** A plan, and what needs none; what is left out is the camera's choice. */
export interface CaptureRequest extends PlanRequest {
    /** Fixed exposure, µs; left out or 0: automatic. */
    exposureUs?: number
    /** Fixed analog gain, 1 = 1x; left out or 0: automatic. */
    gain?: number
    testPattern?: TestPattern
    /** JPEG quality, 1..100; left out or 0: the sensor driver's choice. */
    quality?: number
    /** JPEG: a picture that does not fit ends the program instead of lowering the quality. */
    fixedQuality?: boolean
    /** Also wait until the first exposure that was asked for is visible. */
    strictSettling?: boolean
}

/**
 * Read what the user asked for; what was not asked for stays out.
 *
 * @param block the request block: 0 means not asked for
 */
export function requestFrom(block: RequestBlock): CaptureRequest {
    const request: CaptureRequest = {
        fps: block.fpsMillihz / 1000,
        strategy: block.strategy,
        format: block.format,
        quality: block.quality,
        timing: block.timing,
        buffers: block.buffers,
        // A budget of 0 would be one that nothing fits.
        ramBytes: block.ramBytes > 0 ? block.ramBytes : undefined,
        exposureUs: block.exposureUs,
        gain: block.gainX16 / 16,
        testPattern: block.testPattern,
        strictSettling: (block.flags & RequestFlag.STRICT_SETTLING) !== 0,
    }
    if (block.sizeWidth !== 0 || block.sizeHeight !== 0)
        request.size = { width: block.sizeWidth, height: block.sizeHeight }
    if (block.width !== 0 || block.height !== 0)
        request.window = {
            width: block.width,
            height: block.height,
            x: block.x === Grabber.CENTRED ? undefined : block.x,
            y: block.y === Grabber.CENTRED ? undefined : block.y,
        }
    return request
}
