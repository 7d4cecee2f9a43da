// SPDX-License-Identifier: MIT

import { frameWords } from "./frame-words.ts"
import { CAPTURE_HANDLERS } from "../exception-tally.ts"
import { duration, type Cause } from "./cause.ts"

export const lateStream: Cause = {
    name: "late-stream",
    what: "the next row's transfer is started after its first words came",
    evidence:
        "overruns while the handler that starts the next of a frame's transfers was at work",
    find(observed) {
        const { capture, handlers, stream } = observed
        const { late } = capture.overruns
        const words = frameWords(observed)
        if (late === 0 || stream === undefined || words === undefined)
            return undefined
        if (stream.words >= words) return undefined
        const slowest = handlers
            .filter(({ name }) => CAPTURE_HANDLERS.includes(name))
            .sort((a, b) => b.longestNs - a.longestNs)[0]
        const handler =
            slowest === undefined
                ? ""
                : ` The handler of ${slowest.name} took up to ${duration(slowest.longestNs)}.`
        return `The DCMI's FIFO overran ${late === 1 ? "once" : `${late} times`} because the next of a frame's transfers (${stream.words} of ${words} words) was started too late: four words are all that may come before.${handler} Give the interrupt of the DMA the highest priority, do nothing in it but the next address, or use double buffer mode, where the hardware changes by itself.`
    },
}
