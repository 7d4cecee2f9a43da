// SPDX-License-Identifier: MIT
// A frame of a simulation or an emulated board as a target's frame.

import type { CapturedFrame } from "../../../sim/observe/capture.ts"
import { imageBytes } from "../../images/frame-image.ts"
import type { ViewFrame } from "../../view/messages/frame-message.ts"
import type { TargetFrame } from "../target.ts"

export function simulatedFrame(frame: CapturedFrame): TargetFrame {
    return {
        sequence: frame.sequence,
        firstRow: frame.firstRow,
        source: frame,
        image: () => viewFrame(frame),
    }
}

function viewFrame(frame: CapturedFrame): ViewFrame {
    const { sequence, width, height, window, endUs, exposureUs, gain } = frame
    const shown = imageBytes(frame)
    return {
        sequence,
        format: !shown ? "jpeg" : shown.channels === 1 ? "gray8" : "rgb8",
        width,
        height,
        window,
        endUs,
        exposureUs,
        gain,
        droppedBefore: frame.droppedBefore,
        frames: 1,
        bytes: shown?.bytes ?? frame.pixels,
    }
}
