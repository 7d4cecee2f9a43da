// SPDX-License-Identifier: MIT
// Chooses the frames to save: the first, every Nth and the last.

import type { ImageFolder } from "../../images/image-folder.ts"
import type { TargetFrame } from "../../targets/target.ts"

export class FrameSaver {
    frames = 0
    private last: TargetFrame | undefined
    private captures = 1
    private readonly waiting: [frame: TargetFrame, capture: number][] = []

    constructor(
        private readonly folder: ImageFolder,
        private readonly every: number | undefined
    ) {}

    take(frame: TargetFrame): void {
        // Each start of a capture counts its frames from 0; a batch of rows has the number of its frame.
        const { sequence, firstRow } = frame
        if (
            this.last &&
            (sequence < this.last.sequence ||
                (sequence === this.last.sequence &&
                    firstRow <= this.last.firstRow))
        )
            this.captures++
        this.last = frame
        const nth = this.every !== undefined && this.frames % this.every === 0
        if (this.frames === 0 || nth) this.waiting.push([frame, this.captures])
        this.frames++
    }

    async flush(): Promise<void> {
        for (const [frame, capture] of this.waiting.splice(0))
            await this.folder.add(frame.sequence, frame.source, capture)
    }

    async finish(): Promise<void> {
        if (this.last) this.waiting.push([this.last, this.captures])
        await this.flush()
    }
}
